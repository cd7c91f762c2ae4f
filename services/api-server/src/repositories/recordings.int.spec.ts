import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { grpcCallsOf } from '../testing/grpc-recordings.ts';
import { DETAILS, served } from '../testing/recorded-repository.ts';
import { recordedCalls, replayCall } from '@tiphys/testing/recordings/calls';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
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

/** The recorded session went on here without its private repository. */
const FRESH = '030-write-creds-list';
const PRIVATE = `/api/v1/repositories/${encodeURIComponent('http://127.0.0.1:18091/private/private.git')}`;

let redis: RedisServer;
let server: TestServer;
let token: string;

describe.runIf(recordingsPresent())('recorded calls about repositories and their credentials', () => {
  beforeAll(async () => {
    redis = await startRedis();
    server = await TestServer.start({ redis });
    server.repoServer.reach = served;
    token = await server.login();
    server.repoServer.charts.push({ name: 'chart', versions: ['0.1.0'] });
    Object.assign(server.repoServer.details, DETAILS);
  });
  afterAll(async () => {
    await server.stop();
    await redis.stop();
  });

  const ofRepositories = ({ path }: { readonly path: string }): boolean => /^\/repo/.test(path);
  const calls = [
    ...recordedCalls('cli', 102, 146).filter(ofRepositories),
    ...grpcCallsOf(import.meta.filename),
  ];
  it.each(calls.map((call) => [`${call.name} ${call.path.split('/')[2] ?? ''}`, call] as const))(
    '%s',
    async (_name, call) => {
      if (call.name === FRESH) await server.send('DELETE', PRIVATE, { token });
      const found = await replayCall(call, { port: server.port, token });
      if (KNOWN[call.name] === undefined) expect(found.join('\n')).toBe('');
      else if (call.status !== 0) expect(found.join('')).toMatch(new RegExp(`^${call.status} |^$`));
    },
  );
});
