import { apiOf, type Api } from '../../api/api.ts';
import { FORWARDED, isForwarded } from '../../api/connect.ts';
import { NetworkFailure } from '../../api/network-failure.ts';
import { withLogin } from '../../config/contexts.ts';
import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import { emptyConfig, type ServerEntry } from '../../config/schema.ts';
import { loginTarget, type Target } from '../../config/target.ts';
import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import type { Prompter } from '../../program/prompter.ts';
import { rememberCore } from './login-core.ts';
import { logInBySso, ssoFlags, type SsoFlags, type SsoSession } from '../../sso/log-in.ts';
import { subjectOf, userNameOf } from './subject.ts';

export const command = defineCommand({
  usage: '[SERVER]',
  args: { min: 0, max: 1 },
  description:
    'Logs in to a server and remembers it as a context. What is not given is asked for; answers may be piped in.',
  flags: {
    username: { kind: 'text', describe: 'Name of the account', placeholder: 'name' },
    password: { kind: 'text', describe: 'Password of the account' },
    sso: { kind: 'switch', describe: 'Log in with the browser, at the identity provider of the server' },
    ...ssoFlags,
    name: { kind: 'text', describe: 'Name of the context (default: the address of the server)' },
    'skip-test-tls': { kind: 'switch', describe: "Don't find out first whether the server speaks TLS" },
  },
  examples: [
    { what: 'Log in, asked for name and password', line: 'tiphys login argocd.example.com' },
    {
      what: 'Log in to a local server without TLS',
      line: 'tiphys login localhost:8080 --plaintext --username admin --password "$PASSWORD"',
    },
    { what: 'Log in with the browser', line: 'tiphys login argocd.example.com --sso' },
    { what: 'Work without a server, with the rights of the kubeconfig', line: 'tiphys login --core' },
    {
      what: 'Reach a server that has no address outside of its cluster',
      line: 'tiphys login --port-forward --port-forward-namespace argocd --username admin',
    },
    { what: 'Keep two servers apart', line: 'tiphys login argocd.prod.example.com --name prod' },
  ],
  async run(invocation, { args, flags }) {
    if (invocation.globals.core) return rememberCore(invocation, flags.name);
    const target = await targetOf(invocation, args[0]);
    const api = flags['skip-test-tls'] ? apiOf(target) : await reachable(target, invocation.prompter);
    const { username, ...session } = await authenticate(api, invocation, flags);
    const known = args[0] === undefined ? { ...api.target, server: FORWARDED } : api.target;
    const context = flags.name ?? defaultName(known);
    await remember(invocation, { ...session, target: known, context });
    invocation.out.line(`'${username}' logged in successfully`);
    invocation.out.line(`Context '${context}' updated`);
    return 0;
  },
});

async function targetOf(invocation: Invocation, server: string | undefined): Promise<Target> {
  const { globals } = invocation;
  if (server !== undefined) return loginTarget(server, globals);
  if (!isForwarded(invocation))
    throw new Failure('Say which server to log in to.', { hints: ['tiphys login --help shows the ways.'] });
  const { forwardedTarget } = await import('../../core/connect-forwarded.ts');
  return forwardedTarget(await loginTarget(FORWARDED, globals), invocation);
}

const defaultName = ({ server, rootPath }: Target): string =>
  rootPath === '' ? server : `${server}/${rootPath}`;

/** The API in the way that the server speaks it; what is less safe than asked for needs a yes. */
async function reachable(target: Target, prompter: Prompter): Promise<Api> {
  const api = apiOf(target);
  try {
    await api.server.version();
    return api;
  } catch (error) {
    const safer = error instanceof NetworkFailure ? saferChoice(error) : undefined;
    if (safer === undefined) throw error;
    if (!(await prompter.confirm(`WARNING: ${safer.warning}. Proceed`))) throw error;
    return reachable({ ...target, ...safer.change }, prompter);
  }
}

interface Choice {
  readonly warning: string;
  readonly change: Partial<Target>;
}

function saferChoice({ problem, message }: NetworkFailure): Choice | undefined {
  switch (problem) {
    case 'not-tls':
      return { warning: 'server is not configured with TLS', change: { plaintext: true } };
    case 'certificate':
      return { warning: `server certificate had error: ${message}`, change: { insecure: true } };
    case 'refused':
    case 'unknown-host':
    case 'timeout':
    case 'other':
      return undefined;
  }
}

async function authenticate(
  api: Api,
  invocation: Invocation,
  given: SsoFlags & {
    readonly sso: boolean;
    readonly username: string | undefined;
    readonly password: string | undefined;
  },
): Promise<SsoSession & { readonly username: string }> {
  const { prompter } = invocation;
  if (given.sso) {
    const session = await logInBySso(api, given, invocation);
    return { ...session, username: userNameOf(session.token) ?? '' };
  }
  const username = given.username ?? (await prompter.ask('Username: ')).trim();
  const password = given.password ?? (await prompter.askSecret('Password: '));
  if (username === '' || password === '') throw new Failure('A login needs a user name and a password.');
  const token = await api.server.createSession(username, password);
  return { token, refreshToken: undefined, username: subjectOf(token) ?? username };
}

async function remember(
  { globals, env }: Invocation,
  login: SsoSession & { readonly target: Target; readonly context: string },
): Promise<void> {
  const path = configPath(globals.config, env);
  const config = (await readConfig(path)) ?? emptyConfig;
  const server = entryOf(login.target, globals['grpc-web']);
  await writeConfig(path, withLogin(config, { ...login, server }));
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const entryOf = (target: Target, grpcWeb: boolean): ServerEntry => ({
  ...(target.ca === undefined ? {} : { 'certificate-authority-data': base64(target.ca) }),
  ...(target.clientCertificate === undefined
    ? {}
    : { 'client-certificate-data': base64(target.clientCertificate) }),
  ...(target.clientKey === undefined ? {} : { 'client-certificate-key-data': base64(target.clientKey) }),
  ...(grpcWeb ? { 'grpc-web': true } : {}),
  'grpc-web-root-path': target.rootPath,
  ...(target.insecure ? { insecure: true } : {}),
  ...(target.plaintext ? { 'plain-text': true } : {}),
  server: target.server,
});
