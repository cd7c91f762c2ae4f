import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { TiphysError, messageOf } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import { cachedAuthorization, noAuthorization } from './auth.ts';
import type { Authorizer } from './auth.ts';
import { readCredential, type ExecCredential } from './exec-credential.ts';

/** The `exec` of a kubeconfig user. */
const plugin = z.object({
  apiVersion: z.string().min(1),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.string().nullish(),
});

export interface ExecUser {
  /** The `exec` of the user, as the file has it. */
  readonly exec: unknown;
  /** The cluster of the context, as the file has it; told to plugins that ask for it. */
  readonly cluster: object;
  /** Folder of the file: commands with a slash belong to it. */
  readonly folder: string;
  /** File and context, for messages. */
  readonly source: string;
}

/** A person may have to log in in a browser. */
const TIMEOUT_MS = 300_000;

/**
 * The credential that the plugin of a kubeconfig gives. The file is the user's own, so the plugin runs as it does
 * under kubectl: with the environment, the standard input and the standard error of this process. Errors:
 * `unauthenticated` naming the file and the command; what the plugin printed is never told.
 */
export async function kubeconfigCredential(user: ExecUser): Promise<ExecCredential> {
  const parsed = plugin.safeParse(user.exec);
  if (!parsed.success) {
    const places = parsed.error.issues.map(({ path }) => ['exec', ...path].join('.'));
    throw new TiphysError('invalid', `kubeconfig ${user.source}: ${places.join(', ')}`);
  }
  try {
    return readCredential(await outputOf(parsed.data, user));
  } catch (cause) {
    const hint = parsed.data.installHint ? `; ${parsed.data.installHint}` : '';
    const why = `the plugin ${parsed.data.command} of kubeconfig ${user.source} failed: ${messageOf(cause)}${hint}`;
    throw new TiphysError('unauthenticated', why, { cause });
  }
}

async function outputOf(
  { apiVersion, command, args, env, interactiveMode, provideClusterInfo }: z.infer<typeof plugin>,
  { cluster, folder }: ExecUser,
): Promise<string> {
  const interactive = interactiveMode !== 'Never' && process.stdin.isTTY;
  const spec = { interactive, ...(provideClusterInfo === true ? { cluster } : {}) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  const child = spawn(command.includes('/') ? resolve(folder, command) : command, args ?? [], {
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: info,
    },
    timeout: TIMEOUT_MS,
  });
  const ended = new Promise<void>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code, signal) =>
      code === 0 ? done() : fail(new Error(`it ended with ${String(code ?? signal)}`)),
    );
  });
  const [output] = await Promise.all([text(child.stdout), ended]);
  return output;
}

/** The login of a kubeconfig user with `exec`: its plugin is run now, and again when the token ends or is refused. */
export async function execLogin(
  user: ExecUser,
  clock: Clock,
): Promise<{
  readonly certificate: { readonly cert?: string; readonly key?: string };
  readonly authorizer: Authorizer;
}> {
  const {
    token,
    clientCertificateData: cert,
    clientKeyData: key,
    expiresAt,
  } = await kubeconfigCredential(user);
  const renew = async () => {
    const next = await kubeconfigCredential(user);
    return { token: next.token ?? '', expiresAt: next.expiresAt };
  };
  return {
    certificate: { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) },
    authorizer:
      token === undefined ? noAuthorization : cachedAuthorization(clock, renew, { token, expiresAt }),
  };
}
