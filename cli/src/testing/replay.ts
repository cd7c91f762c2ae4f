import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../program/run.ts';
import { grpcWebAnswer } from './grpc-web-answer.ts';
import { FixtureServer, refusal, type FixtureAnswer, type FixtureRequest } from './fixture-server.ts';
import type { RecordedCall, Recording } from './recording.ts';
import type { Outcome } from './run-cli.ts';

const routes: readonly (readonly [string, RegExp, string])[] = [
  ['GET', /^\/api\/v1\/repositories$/, 'RepositoryService/ListRepositories'],
  ['POST', /^\/api\/v1\/repositories$/, 'RepositoryService/CreateRepository'],
  ['GET', /^\/api\/v1\/repositories\/.+$/, 'RepositoryService/Get'],
  ['DELETE', /^\/api\/v1\/repositories\/.+$/, 'RepositoryService/DeleteRepository'],
  ['GET', /^\/api\/v1\/repocreds$/, 'RepoCredsService/ListRepositoryCredentials'],
  ['POST', /^\/api\/v1\/repocreds$/, 'RepoCredsService/CreateRepositoryCredentials'],
  ['DELETE', /^\/api\/v1\/repocreds\/.+$/, 'RepoCredsService/DeleteRepositoryCredentials'],
  ['GET', /^\/api\/v1\/certificates$/, 'CertificateService/ListCertificates'],
  ['POST', /^\/api\/v1\/certificates$/, 'CertificateService/CreateCertificate'],
  ['DELETE', /^\/api\/v1\/certificates$/, 'CertificateService/DeleteCertificate'],
  ['GET', /^\/api\/v1\/gpgkeys$/, 'GPGKeyService/List'],
  ['GET', /^\/api\/v1\/gpgkeys\/.+$/, 'GPGKeyService/Get'],
  ['POST', /^\/api\/v1\/gpgkeys$/, 'GPGKeyService/Create'],
  ['DELETE', /^\/api\/v1\/gpgkeys$/, 'GPGKeyService/Delete'],
  ['GET', /^\/api\/v1\/clusters$/, 'ClusterService/List'],
  ['POST', /^\/api\/v1\/clusters\/.+\/rotate-auth$/, 'ClusterService/RotateAuth'],
  ['GET', /^\/api\/v1\/clusters\/.+$/, 'ClusterService/Get'],
  ['PUT', /^\/api\/v1\/clusters\/.+$/, 'ClusterService/Update'],
  ['DELETE', /^\/api\/v1\/clusters\/.+$/, 'ClusterService/Delete'],
  ['GET', /^\/api\/version$/, 'VersionService/Version'],
  ['POST', /^\/api\/v1\/session$/, 'SessionService/Create'],
  ['GET', /^\/api\/v1\/settings$/, 'SettingsService/Get'],
  ['GET', /^\/api\/v1\/session\/userinfo$/, 'SessionService/GetUserInfo'],
  ['PUT', /^\/api\/v1\/account\/password$/, 'AccountService/UpdatePassword'],
  ['GET', /^\/api\/v1\/account$/, 'AccountService/ListAccounts'],
  ['GET', /^\/api\/v1\/account\/can-i\//, 'AccountService/CanI'],
  ['POST', /^\/api\/v1\/account\/[^/]+\/token$/, 'AccountService/CreateToken'],
  ['DELETE', /^\/api\/v1\/account\/[^/]+\/token\//, 'AccountService/DeleteToken'],
  ['GET', /^\/api\/v1\/account\/[^/]+$/, 'AccountService/GetAccount'],
  ['GET', /^\/api\/v1\/projects$/, 'ProjectService/List'],
  ['POST', /^\/api\/v1\/projects$/, 'ProjectService/Create'],
  ['PUT', /^\/api\/v1\/projects\/[^/]+$/, 'ProjectService/Update'],
  ['DELETE', /^\/api\/v1\/projects\/[^/]+$/, 'ProjectService/Delete'],
  ['GET', /^\/api\/v1\/projects\/[^/]+\/detailed$/, 'ProjectService/GetDetailedProject'],
  ['GET', /^\/api\/v1\/projects\/[^/]+\/syncwindows$/, 'ProjectService/GetSyncWindowsState'],
  ['POST', /\/roles\/[^/]+\/token$/, 'ProjectService/CreateToken'],
  ['DELETE', /\/roles\/[^/]+\/token\//, 'ProjectService/DeleteToken'],
  ['GET', /^\/api\/v1\/projects\/[^/]+$/, 'ProjectService/Get'],
  ['GET', /^\/api\/v1\/stream\/applicationsets$/, 'ApplicationSetService/Watch'],
  ['GET', /^\/api\/v1\/applicationsets$/, 'ApplicationSetService/List'],
  ['POST', /^\/api\/v1\/applicationsets$/, 'ApplicationSetService/Create'],
  ['POST', /^\/api\/v1\/applicationsets\/generate$/, 'ApplicationSetService/Generate'],
  ['GET', /^\/api\/v1\/applicationsets\/[^/]+$/, 'ApplicationSetService/Get'],
  ['DELETE', /^\/api\/v1\/applicationsets\/[^/]+$/, 'ApplicationSetService/Delete'],
  ['GET', /^\/api\/v1\/stream\/applications$/, 'ApplicationService/Watch'],
  ['GET', /^\/api\/v1\/applications$/, 'ApplicationService/List'],
  ['POST', /^\/api\/v1\/applications$/, 'ApplicationService/Create'],
  ['GET', /^\/api\/v1\/applications\/[^/]+$/, 'ApplicationService/Get'],
  ['DELETE', /^\/api\/v1\/applications\/[^/]+$/, 'ApplicationService/Delete'],
  ['PUT', /^\/api\/v1\/applications\/[^/]+\/spec$/, 'ApplicationService/UpdateSpec'],
  ['POST', /\/sync$/, 'ApplicationService/Sync'],
  ['POST', /\/rollback$/, 'ApplicationService/Rollback'],
  ['DELETE', /\/operation$/, 'ApplicationService/TerminateOperation'],
  ['GET', /\/managed-resources$/, 'ApplicationService/ManagedResources'],
  ['GET', /\/resource-tree$/, 'ApplicationService/ResourceTree'],
  ['GET', /\/manifests$/, 'ApplicationService/GetManifests'],
  ['GET', /\/resource\/actions$/, 'ApplicationService/ListResourceActions'],
  ['POST', /\/resource\/actions\/v2$/, 'ApplicationService/RunResourceActionV2'],
  ['GET', /\/resource$/, 'ApplicationService/GetResource'],
  ['POST', /\/resource$/, 'ApplicationService/PatchResource'],
  ['DELETE', /\/resource$/, 'ApplicationService/DeleteResource'],
  ['GET', /\/logs$/, 'ApplicationService/PodLogs'],
  ['PATCH', /^\/api\/v1\/applications\/[^/]+$/, 'ApplicationService/Patch'],
  ['PUT', /^\/api\/v1\/applications\/[^/]+$/, 'ApplicationService/Update'],
];

/** Answers with what the recorded server said to the same calls, in the same order; the last answer is repeated. */
function answering(
  calls: readonly RecordedCall[],
  stdout: string,
): (request: FixtureRequest) => FixtureAnswer {
  const left = new Map<string, RecordedCall[]>();
  for (const call of calls) {
    const key = `${call.method} ${call.about}`;
    left.set(key, [...(left.get(key) ?? []), call]);
  }
  const vanishes = calls.some(({ messages }) => messages.some(isDeletion));
  return ({ method, path, query }) => {
    const rpc =
      routes.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2] ??
      path.replace(/^\/application\./u, '');
    const name =
      query.get('name') ??
      /^\/api\/v1\/(?:applications|applicationsets|projects|account(?!\/password))\/([^/]+)/.exec(
        path,
      )?.[1] ??
      '';
    const queue = left.get(`${rpc} ${name}`) ?? left.get(`${rpc} `) ?? elsewhere(left, rpc);
    const call = queue.length > 1 || (vanishes && rpc === GET) ? queue.shift() : queue[0];
    if (call === undefined) return unrecorded(rpc);
    const answer = grpcWebAnswer(rpc, call);
    if (answer !== undefined) return answer;
    if (call.status !== 0) return refusal(call.status, call.message);
    if (rpc.endsWith('/Watch')) return { events: call.messages };
    if (rpc === 'ApplicationService/PodLogs') return { events: call.messages, isWhole: true };
    return { body: documentOf(rpc, stdout) ?? call.response };
  };
}

const GET = 'ApplicationService/Get';

/**
 * Calls about what is no application, whatever they name it by. The reference client asks the server to reach a
 * repository before it adds it; this one leaves that to the adding.
 */
function elsewhere(left: ReadonlyMap<string, RecordedCall[]>, rpc: string): RecordedCall[] {
  if (rpc.startsWith('ApplicationService/')) return [];
  const names =
    rpc === 'RepositoryService/CreateRepository' ? [rpc, 'RepositoryService/ValidateAccess'] : [rpc];
  const found = names.flatMap((name) => [...left.entries()].filter(([key]) => key.startsWith(`${name} `)));
  return found[0]?.[1] ?? [];
}

const isDeletion = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'DELETED';

/** What the server says of a project without windows, and of an application that is not there. */
function unrecorded(rpc: string): FixtureAnswer {
  if (rpc === 'ProjectService/Get') return { body: { spec: {} } };
  if (rpc === 'ProjectService/GetSyncWindowsState') return { body: {} };
  return rpc === GET ? refusal(7, 'permission denied') : refusal(12, `${rpc} was not recorded`);
}

/** Where the client printed a document, the server had sent just that. */
function documentOf(rpc: string, stdout: string): unknown {
  if (!stdout.startsWith('{') && !stdout.startsWith('[')) return undefined;
  const printed: unknown = JSON.parse(stdout);
  if (rpc === 'ProjectService/Get' && Array.isArray(printed))
    return { metadata: {}, spec: { syncWindows: printed } };
  if (rpc === 'ApplicationSetService/Create') return printed;
  if (rpc === 'ApplicationSetService/Generate') return { applications: printed };
  if (rpc === 'ProjectService/GetDetailedProject') return { project: printed };
  if (rpc === 'ApplicationService/List' || (!rpc.startsWith('ApplicationService/') && rpc.includes('/List')))
    return { items: printed };
  const isPrinted = rpc.endsWith('/Get') || rpc === 'ApplicationService/Patch';
  if (!isPrinted || Array.isArray(printed)) return undefined;
  return printed;
}

export interface Replayed extends Outcome {
  /** What this client asked the fixture, in order. */
  readonly requests: readonly FixtureRequest[];
}

/** Runs this client with the words of a recording against the answers of its server. */
export async function replay(recording: Recording, document = recording.stdout): Promise<Replayed> {
  const server = await FixtureServer.start(answering(recording.calls, document));
  const home = await mkdtemp(join(tmpdir(), 'tiphys-replay-'));
  try {
    const argv = await wordsOf(recording, server.address, home);
    const env = Object.fromEntries(
      Object.entries(recording.env).map(([name, value]) => [name, value.replaceAll('/rec/mat/', `${home}/`)]),
    );
    const outcome = await runWith({ argv, env: { ...env, HOME: home }, stdin: recording.stdin });
    const stdout = outcome.stdout.replaceAll(`${home}/`, '/rec/mat/');
    return { ...outcome, stdout, requests: server.requests };
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Where the repositories were checked out. */
const CHECKOUT = '/rec/git/work/';

async function wordsOf(
  { argv, files }: Recording,
  address: string,
  home: string,
): Promise<readonly string[]> {
  for (const name of argv.filter((word) => word.startsWith('/rec/mat/')))
    await writeFile(join(home, basename(name)), 'a file that the recording does not hold\n');
  for (const [name, content] of Object.entries(files)) {
    const mode = name.endsWith('.sh') ? 0o700 : 0o600;
    await writeFile(join(home, basename(name)), content, { mode });
  }
  for (const word of argv.filter((one) => one.startsWith(CHECKOUT))) {
    await mkdir(word.replace(CHECKOUT, `${home}/`), { recursive: true });
    await writeFile(join(word.replace(CHECKOUT, `${home}/`), 'a.yaml'), 'a: 1\n');
  }
  const local = argv.map((word) =>
    word.startsWith('/rec/mat/') ? join(home, basename(word)) : word.replace(CHECKOUT, `${home}/`),
  );
  const context = local.indexOf('--argocd-context');
  const plain = context === -1 ? local : [...local.slice(0, context), ...local.slice(context + 2)];
  const words = plain[1] === 'diff' ? [...plain, '--diff-format', 'normal'] : plain;
  if (words[0] === 'login') return words.map((word) => (word === '127.0.0.1:18090' ? address : word));
  return [
    ...words,
    '--server',
    address,
    '--plaintext',
    ...(words.includes('--auth-token') ? [] : ['--auth-token', 'a.b.c']),
  ];
}

async function runWith(words: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = text(stdout);
  const err = text(stderr);
  const code = await run({ ...words, stdin: Readable.from([words.stdin]), stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, stdout: await out, stderr: await err };
}
