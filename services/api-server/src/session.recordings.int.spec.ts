import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { readExchange, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { sessionsFolder } from '@tiphys/testing/recordings';
import { giveRecordedPasswords, sessionOf } from './testing/recorded-accounts.ts';
import { recordedInstallation } from './testing/recorded-installation.ts';
import { REPLAYED } from './testing/rest-recordings.ts';
import { RestReplay } from './testing/rest-replay.ts';
import type { TestServer } from './testing/server.ts';

/** Answers that differ on purpose, and why. */
const KNOWN: Readonly<Record<number, string>> = {
  7: 'the page that shows the API belongs to the web UI, which is not served',
  8: 'the web UI is not served',
  9: 'the web UI is not served; the recorded server had none either and failed',
  13: 'a program is sent whole, never a range of it',
  14: 'the web UI is not served',
};

let redis: RedisServer;
let server: TestServer;
let rest: RestReplay;
let downloads: string;

/** The settings of which a recorded answer tells, as an operator writes them. */
function settingsIn(number: number): Readonly<Record<string, string>> {
  const { body } = readExchange(number);
  const overrides =
    isJsonObject(body) && isJsonObject(body['resourceOverrides']) ? body['resourceOverrides'] : {};
  const badge = isJsonObject(body) && body['statusBadgeEnabled'] === true;
  return {
    ...(badge ? { 'statusbadge.enabled': 'true' } : {}),
    ...Object.fromEntries(
      Object.entries(overrides as Record<string, Record<string, string>>).flatMap(([kind, fields]) =>
        Object.entries(fields).map(([field, value]) => [
          `resource.customizations.${field}.${kind === '*/*' ? 'all' : kind.replace('/', '_')}`,
          value,
        ]),
      ),
    ),
  };
}

/** The known host that the recorded installation had, as its export tells of it. */
function keysOfGithub(): string {
  const text = readFileSync(join(sessionsFolder, 'cli', '795-export.json'), 'utf8');
  return [...new Set(text.match(/(?<![\w.])github\.com (?:ssh|ecdsa)-[\w-]+ [\w+/=]+/gu))].join('\n');
}

describe.runIf(recordingsPresent())('recorded REST calls about who is there', () => {
  beforeAll(async () => {
    redis = await startRedis();
    downloads = await mkdtemp(join(tmpdir(), 'tiphys-downloads-'));
    await writeFile(join(downloads, 'tiphys-linux-amd64'), 'a program');
    const flags = ['--application-namespaces=team-a', '--hydrator-enabled', `--download-dir=${downloads}`];
    server = await recordedInstallation(redis, systemClock, flags);
    rest = new RestReplay(server, (text) =>
      text.replaceAll('"controllerNamespace":"argocd"', `"controllerNamespace":"${server.namespace.name}"`),
    );
    const admin = await giveRecordedPasswords(server);
    rest.tokens.set('admin', admin);
    rest.tokens.set('tmp', await sessionOf(server, 'reader', 'readerpass1'));
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
    await rm(downloads, { recursive: true });
  });

  const check = (numbers: readonly number[], before: (number: number) => unknown = () => undefined): void => {
    it.each(numbers.map((number) => [number, KNOWN[number] ?? 'as recorded'] as const))(
      '%d: %s',
      async (number) => {
        await before(number);
        const found = await rest.replay(number);
        if (KNOWN[number] === undefined) expect(found).toEqual([]);
        else expect(found).not.toEqual([]);
      },
    );
  };

  describe('pages', () => check(REPLAYED.pages));

  // The recorded cookies are those of the admin, then of the reader whose session ends.
  describe('sessions', () =>
    check(REPLAYED.sessions, (number) =>
      rest.tokens.set('<jwt-1>', rest.tokens.get(number < 40 ? 'admin' : 'tmp') ?? ''),
    ));

  describe('settings', () =>
    check(REPLAYED.settings, async (number) => {
      const data = settingsIn(number);
      await server.configure('argocd-cm', data);
      if (Object.keys(data).length === 0) return;
      await expect.poll(() => rest.replay(number), { timeout: 30_000 }).toEqual([]);
    }));

  describe('notifications once they are configured', () => {
    beforeAll(() =>
      server.configure('argocd-notifications-cm', {
        'service.webhook.rec': 'url: https://hooks.example.com\n',
        'trigger.on-synced': '- when: "true"\n  send: [app-synced]\n',
        'template.app-synced': 'message: synced\n',
      }),
    );
    it.each(REPLAYED.notifications)('%d: as recorded, once the settings are there', async (number) => {
      await expect.poll(() => rest.replay(number), { timeout: 30_000 }).toEqual([]);
    });
  });

  describe('certificates once the keys of a host are there', () => {
    beforeAll(() => server.configure('argocd-ssh-known-hosts-cm', { ssh_known_hosts: keysOfGithub() }));
    it.each(REPLAYED.certificates)('%d: as recorded', async (number) => {
      await expect.poll(() => rest.replay(number), { timeout: 30_000 }).toEqual([]);
    });
  });

  describe('a user who failed too often', () => check(REPLAYED.lockout));
});
