import type { Clock } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import type { RedisServer } from '@tiphys/testing/redis';
import { TestServer } from './server.ts';

/** Accounts, roles and links of the installation that was recorded. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'argocd-cm': {
    'accounts.alice': 'login, apiKey',
    'accounts.reader': 'login',
    'accounts.nobody': 'login',
    'accounts.bot': 'apiKey',
    'accounts.off': 'login',
    'accounts.off.enabled': 'false',
    url: 'https://argocd.rec.local',
  },
  'argocd-rbac-cm': {
    'policy.csv': [
      'p, role:dev, applications, get, default/*, allow',
      'p, role:dev, applications, sync, default/gb, allow',
      'p, role:dev, projects, get, default, allow',
      'g, alice, role:dev',
      'g, reader, role:readonly',
      'g, bot, role:admin',
    ].join('\n'),
  },
};

/** A server with the settings of the recorded installation. */
export async function recordedInstallation(
  redis: RedisServer,
  clock: Clock = systemClock,
  flags: readonly string[] = [],
): Promise<TestServer> {
  const server = await TestServer.start({ redis, clock, flags });
  for (const [name, data] of Object.entries(SETTINGS)) await server.configure(name, data);
  return server;
}
