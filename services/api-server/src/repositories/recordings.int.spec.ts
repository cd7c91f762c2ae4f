import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Repository } from '@tiphys/model';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { recordedCalls, replayCall } from '../testing/recorded-calls.ts';
import { recordingsPresent } from '../testing/recording.ts';
import { TestServer } from '../testing/server.ts';

const OWN_WORDS = 'same status; why it cannot be reached is told in words of our own';
const REGISTRY = 'credentials for a registry, whose address has no scheme, are listed too';

/** Calls that are answered otherwise on purpose, and why. */
const KNOWN: Readonly<Record<string, string>> = {
  '107-repo-add-git-missing': OWN_WORDS,
  '108-repo-add-private-no-creds': OWN_WORDS,
  '109-repo-add-private-bad-creds': OWN_WORDS,
  '111-repo-add-dead-host': OWN_WORDS,
  '115-repo-add-helm-missing': OWN_WORDS,
  '116-repo-add-helm-oci': OWN_WORDS,
  '118-repo-add-oci-https-against-http': OWN_WORDS,
  '119-repo-add-ssh-no-key': OWN_WORDS,
  '120-repo-add-ssh-insecure-unreachable': OWN_WORDS,
  '121-repo-add-tls-cert-args': OWN_WORDS,
  '140-repocreds-list': REGISTRY,
  '141-repocreds-list-url': REGISTRY,
  '142-repocreds-list-json': REGISTRY,
};

const BASE = 'http://127.0.0.1:18091';

/** The repositories that were served while recording, and who they let in. */
function served({ url, username, password }: Repository): void {
  if (url === `${BASE}/private/private.git`) {
    if (username === 'gituser' && password === 'gitpass') return;
    throw new TiphysError('unauthenticated', 'the server asks for a login');
  }
  const open = [`${BASE}/git/apps.git`, `${BASE}/helm`, 'oci://127.0.0.1:15000/charts/chart'];
  if (!open.includes(url)) throw new TiphysError('not-found', 'there is no such repository');
}

let redis: RedisServer;
let server: TestServer;
let token: string;

describe.runIf(recordingsPresent())('recorded calls about repositories and their credentials', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    server.repoServer.reach = served;
    token = await server.login();
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const calls = recordedCalls('cli', 102, 146).filter(({ path }) => /^\/repo/.test(path));
  it.each(calls.map((call) => [`${call.name} ${call.path.split('/')[2] ?? ''}`, call] as const))(
    '%s',
    async (_name, call) => {
      const found = await replayCall(call, { port: server.port, token });
      if (KNOWN[call.name] === undefined) expect(found.join('\n')).toBe('');
      else if (call.status !== 0) expect(found.join('')).toMatch(new RegExp(`^${call.status} |^$`));
    },
  );
});
