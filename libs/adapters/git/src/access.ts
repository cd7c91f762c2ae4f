import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError, type Repository } from '@tiphys/model';
import type { GitAddress } from './address.ts';
import { baseSettings, QUIET_ENVIRONMENT, settingsEnvironment, type Setting } from './settings.ts';

/** How one network command logs in. */
export interface Access {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** User name for a token that came without one; the big hosts take it. */
const TOKEN_USER = 'x-access-token';

/** Runs a task with the login of a repository; its files exist, readable by us alone, only as long as the task. */
export async function withAccess<T>(
  repository: Repository,
  address: GitAddress,
  directory: string,
  task: (access: Access) => Promise<T>,
): Promise<T> {
  assertCarrier(repository, address);
  const folder = await mkdtemp(join(directory, 'login-'));
  try {
    return await task(await prepare(repository, address, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A login over plain http is readable by all on the way. */
function assertCarrier(repository: Repository, address: GitAddress): void {
  if (address.scheme !== 'http' || address.isLoopback || repository.insecure === true) return;
  if (authorization(repository) === undefined) return;
  throw new TiphysError(
    'failed-precondition',
    `the login for ${address.display} is not sent over plain http; use https, or mark the repository insecure`,
  );
}

async function prepare(repository: Repository, address: GitAddress, folder: string): Promise<Access> {
  const { env, settings } =
    address.scheme === 'ssh'
      ? await sshAccess(repository, address, folder)
      : await httpAccess(repository, address, folder);
  return {
    env: {
      ...QUIET_ENVIRONMENT,
      ...env,
      ...settingsEnvironment([...baseSettings(address), ...settings]),
    },
    secrets: secretsOf(repository),
  };
}

interface Parts {
  readonly env: Readonly<Record<string, string>>;
  readonly settings: readonly Setting[];
}

async function httpAccess(repository: Repository, address: GitAddress, folder: string): Promise<Parts> {
  const header = authorization(repository);
  const scope = `http.${new URL(address.url).origin}/`;
  return {
    env: {
      ...(await tlsEnvironment(repository, folder)),
      ...(nonEmpty(repository.noProxy) ? { no_proxy: repository.noProxy } : {}),
    },
    settings: [
      ['http.followRedirects', header === undefined ? 'initial' : 'false'],
      ...(header === undefined ? [] : [[`${scope}.extraHeader`, `Authorization: ${header}`] as const]),
      ...proxySettings(repository),
    ],
  };
}

function authorization(repository: Repository): string | undefined {
  if (nonEmpty(repository.bearerToken)) return `Bearer ${singleLine(repository.bearerToken)}`;
  if (!nonEmpty(repository.password) && !nonEmpty(repository.username)) return undefined;
  const user = nonEmpty(repository.username) ? repository.username : TOKEN_USER;
  return `Basic ${Buffer.from(`${user}:${repository.password ?? ''}`).toString('base64')}`;
}

async function tlsEnvironment(repository: Repository, folder: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  if (repository.insecure === true) env['GIT_SSL_NO_VERIFY'] = 'true';
  const files = [
    ['GIT_SSL_CAINFO', repository.caPem],
    ['GIT_SSL_CERT', repository.tlsClientCertData],
    ['GIT_SSL_KEY', repository.tlsClientCertKey],
  ] as const;
  for (const [name, pem] of files) {
    if (nonEmpty(pem)) env[name] = await secretFile(folder, name, pem);
  }
  return env;
}

function proxySettings(repository: Repository): readonly Setting[] {
  if (!nonEmpty(repository.proxy)) return [];
  if (!/^(https?|socks5h?):\/\/[^\s\p{Cc}]+$/u.test(repository.proxy)) {
    throw new TiphysError('invalid', `the proxy of ${repository.url} is not an http, https or socks5 URL`);
  }
  return [['http.proxy', repository.proxy]];
}

async function sshAccess(repository: Repository, address: GitAddress, folder: string): Promise<Parts> {
  if (nonEmpty(repository.proxy)) {
    throw new TiphysError('invalid', `${address.display}: a proxy is not served for ssh; remove it`);
  }
  const lines = [
    'BatchMode yes',
    'ClearAllForwardings yes',
    'ConnectTimeout 15',
    'ControlMaster no',
    'ForwardAgent no',
    'GlobalKnownHostsFile none',
    'IdentitiesOnly yes',
    'IdentityAgent none',
    'LogLevel ERROR',
    'PermitLocalCommand no',
    'PreferredAuthentications publickey',
    'UpdateHostKeys no',
    `UserKnownHostsFile ${await secretFile(folder, 'known_hosts', repository.knownHosts ?? '')}`,
    `StrictHostKeyChecking ${repository.insecure === true ? 'no' : 'yes'}`,
    `IdentityFile ${await identityFile(repository, folder)}`,
  ];
  const config = await secretFile(folder, 'config', `${lines.join('\n')}\n`);
  return {
    env: { GIT_SSH_COMMAND: `ssh -F ${config}`, GIT_SSH_VARIANT: 'ssh' },
    settings: [],
  };
}

const identityFile = async (repository: Repository, folder: string): Promise<string> =>
  nonEmpty(repository.sshPrivateKey)
    ? secretFile(folder, 'identity', `${repository.sshPrivateKey.trimEnd()}\n`)
    : 'none';

async function secretFile(folder: string, name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600, flag: 'wx' });
  return path;
}

const secretsOf = (repository: Repository): readonly string[] =>
  [
    repository.password,
    repository.bearerToken,
    repository.sshPrivateKey,
    repository.tlsClientCertKey,
    authorization(repository)?.split(' ')[1],
  ].filter(nonEmpty);

const nonEmpty = (value: string | undefined): value is string => value !== undefined && value !== '';

function singleLine(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new TiphysError('invalid', 'the bearer token holds a line break');
  return value;
}
