import { readFile } from 'node:fs/promises';
import { messageOf } from '@tiphys/model';
import { Failure } from '../program/failure.ts';
import type { Env } from '../program/globals.ts';
import type { Globals } from '../program/global-flags.ts';
import { parseAddress, trimSlashes } from './address.ts';
import { resolveContext, type ResolvedContext } from './contexts.ts';
import { readConfig } from './file.ts';
import { configPath } from './path.ts';

/** A server and how to talk to it. */
export interface Target {
  readonly server: string;
  readonly plaintext: boolean;
  readonly rootPath: string;
  readonly token?: string;
  readonly insecure: boolean;
  readonly ca?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly retries: number;
  /** Where the address comes from, for messages. */
  readonly origin: string;
}

/** The server that flags, environment and configuration name, in this order. */
export async function resolveTarget(globals: Globals, env: Env): Promise<Target> {
  const path = configPath(globals.config, env);
  const config = await readConfig(path);
  const context = config && resolveContext(config, globals['argocd-context']);
  const known = matching(context, globals.server);
  const server = globals.server ?? context?.server.server;
  if (server === undefined) throw notLoggedIn(path);
  const token = globals['auth-token'] ?? known?.user['auth-token'];
  return {
    ...connectionOf(server, globals, known),
    ...(await certificates(globals, known)),
    ...(token === undefined ? {} : { token }),
    headers: parseHeaders(globals.header),
    retries: globals['http-retry-max'],
    origin: globals.server === undefined ? `context '${context?.name ?? ''}' of ${path}` : '--server',
  };
}

/** The server that a login names; nothing that is stored about it counts. */
export async function loginTarget(server: string, globals: Globals): Promise<Target> {
  return {
    ...connectionOf(server, globals, undefined),
    ...(await certificates(globals, undefined)),
    headers: parseHeaders(globals.header),
    retries: globals['http-retry-max'],
    origin: 'login',
  };
}

/** A context says nothing about a server that is not its own. */
const matching = (
  context: ResolvedContext | undefined,
  server: string | undefined,
): ResolvedContext | undefined =>
  server === undefined || context?.server.server === parseAddress(server).server ? context : undefined;

function connectionOf(
  server: string,
  globals: Globals,
  known: ResolvedContext | undefined,
): Pick<Target, 'server' | 'plaintext' | 'rootPath' | 'insecure'> {
  const address = parseAddress(server);
  const stored = known?.server['grpc-web-root-path'] ?? '';
  const asked = globals['grpc-web-root-path'] ?? address.rootPath;
  return {
    server: address.server,
    plaintext: globals.plaintext || (address.plaintext ?? known?.server['plain-text'] ?? false),
    rootPath: trimSlashes(asked === '' ? stored : asked),
    insecure: globals.insecure || (known?.server.insecure ?? false),
  };
}

async function certificates(
  globals: Globals,
  known: ResolvedContext | undefined,
): Promise<Pick<Target, 'ca' | 'clientCertificate' | 'clientKey'>> {
  const [ca, clientCertificate, clientKey] = await Promise.all([
    pem(globals['server-crt'], known?.server['certificate-authority-data']),
    pem(globals['client-crt'], known?.server['client-certificate-data']),
    pem(globals['client-crt-key'], known?.server['client-certificate-key-data']),
  ]);
  if ((clientCertificate === undefined) !== (clientKey === undefined))
    throw new Failure('A client certificate needs its key: give --client-crt and --client-crt-key.');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined || clientKey === undefined ? {} : { clientCertificate, clientKey }),
  };
}

async function pem(file: string | undefined, stored: string | undefined): Promise<string | undefined> {
  if (file === undefined)
    return stored === undefined ? undefined : Buffer.from(stored, 'base64').toString('utf8');
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`The certificate file ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  });
}

/** Headers of the form `Name: value`; several may stand in one text, with commas between. */
export function parseHeaders(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts
    .flatMap((text) => text.split(/,(?=\s*[\w-]+\s*:)/))
    .map((text) => {
      const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:\s*([^\r\n]*)$/.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw new Failure('A header must have the form `Name: value`.', { hints: ["-H 'X-Team: web'"] });
      return [name, value.trim()];
    });
  return Object.fromEntries(pairs) as Readonly<Record<string, string>>;
}

const notLoggedIn = (path: string): Failure =>
  new Failure('No server is known.', {
    hints: [
      `${path} has no current context.`,
      'tiphys login SERVER makes one; --server or ARGOCD_SERVER name one for this call.',
    ],
  });
