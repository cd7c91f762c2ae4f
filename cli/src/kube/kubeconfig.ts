import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, resolve } from 'node:path';
import { messageOf } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import * as z from 'zod/mini';
import { exitCodes, Failure } from '../program/failure.ts';
import type { Env } from '../program/globals.ts';

const text = z.nullish(z.string());
const named = <S extends z.ZodMiniType>(key: string, schema: S) =>
  z.nullish(z.array(z.looseObject({ name: z.string(), [key]: schema })));
const clusterSchema = z.looseObject({
  server: z.string(),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.nullish(z.boolean()),
  'tls-server-name': text,
});
const userSchema = z.nullish(
  z.looseObject({
    token: text,
    tokenFile: text,
    'client-certificate': text,
    'client-certificate-data': text,
    'client-key': text,
    'client-key-data': text,
    exec: z.optional(z.unknown()),
  }),
);
const contextSchema = z.looseObject({ cluster: z.string(), user: text, namespace: text });
const fileSchema = z.looseObject({
  clusters: named('cluster', clusterSchema),
  users: named('user', userSchema),
  contexts: named('context', contextSchema),
  'current-context': text,
});

/** A cluster as a context of a kubeconfig reaches it. PEM as text. */
export interface KubeContext {
  readonly server: string;
  readonly insecure: boolean;
  readonly serverName?: string;
  readonly ca?: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** The namespace of the context, where it names one. */
  readonly namespace?: string;
}

const fail = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

function pathsOf(env: Env, given: string | undefined): readonly string[] {
  const listed = (given ?? env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed : [resolve(env['HOME'] ?? homedir(), '.kube', 'config')];
}

type KubeconfigFile = z.infer<typeof fileSchema>;

/** The content of a kubeconfig; undefined where there is no such file. @throws Failure for one that is none. */
async function readFileAt(path: string): Promise<KubeconfigFile | undefined> {
  const content = await readFile(path, 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  const parsed = fileSchema.safeParse(parseYamlDocuments(content, { file: path })[0] ?? {});
  if (!parsed.success) throw fail(`${path} is no kubeconfig`);
  return parsed.data;
}

/** The names of all contexts. */
export async function contextNames(env: Env, given: string | undefined): Promise<readonly string[]> {
  const files = await Promise.all(pathsOf(env, given).map(readFileAt));
  return files.flatMap((file) =>
    (file?.contexts ?? []).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
  );
}

/** The name of the context that a kubeconfig says is the current one; undefined where none does. */
export async function currentContext(env: Env, given: string | undefined): Promise<string | undefined> {
  const files = await Promise.all(pathsOf(env, given).map(readFileAt));
  return files.map((file) => file?.['current-context']).find((name) => (name ?? '') !== '') ?? undefined;
}

/** Finds a context in the file that is named, in those of KUBECONFIG, or in the usual place. @throws Failure */
export async function readContext(name: string, env: Env, given: string | undefined): Promise<KubeContext> {
  for (const path of pathsOf(env, given)) {
    const found = await contextIn(path, name);
    if (found !== undefined) return found;
  }
  throw fail(`context ${name} does not exist in kubeconfig`);
}

async function contextIn(path: string, name: string): Promise<KubeContext | undefined> {
  const file = await readFileAt(path);
  if (file === undefined) return undefined;
  const { contexts, clusters, users } = file;
  const context = contextSchema.safeParse(contexts?.find((one) => one['name'] === name)?.['context']);
  if (!context.success) return undefined;
  const cluster = clusterSchema.safeParse(
    clusters?.find((one) => one['name'] === context.data.cluster)?.['cluster'],
  );
  if (!cluster.success) throw fail(`${path}: the context ${name} names a cluster that is not there`);
  const user = userSchema.parse(users?.find((one) => one['name'] === context.data.user)?.['user']) ?? {};
  const beside = (file: string): string => resolve(dirname(path), file);
  const pem = async (data: string | null | undefined, file: string | null | undefined) =>
    data ? Buffer.from(data, 'base64').toString() : file ? await readFile(beside(file), 'utf8') : undefined;
  const serverName = cluster.data['tls-server-name'];
  const ca = await pem(cluster.data['certificate-authority-data'], cluster.data['certificate-authority']);
  const plugged = await pluggedLogin(user.exec, { cluster: cluster.data, path, name });
  const certificate =
    plugged?.clientCertificateData ??
    (await pem(user['client-certificate-data'], user['client-certificate']));
  const key = plugged?.clientKeyData ?? (await pem(user['client-key-data'], user['client-key']));
  const token = user.token
    ? user.token
    : user.tokenFile
      ? (await readFile(beside(user.tokenFile), 'utf8')).trim()
      : plugged?.token;
  return {
    server: cluster.data.server.replace(/\/+$/, ''),
    insecure: cluster.data['insecure-skip-tls-verify'] === true,
    ...(serverName ? { serverName } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(context.data.namespace ? { namespace: context.data.namespace } : {}),
  };
}

/** What the plugin of a user gives, such as that of a cloud; undefined where the user has none. */
async function pluggedLogin(
  exec: unknown,
  { cluster, path, name }: { readonly cluster: object; readonly path: string; readonly name: string },
) {
  if (exec === undefined || exec === null) return undefined;
  const { kubeconfigCredential } = await import('@tiphys/adapter-kube');
  const source = `${path}, context ${name}`;
  return kubeconfigCredential({ exec, cluster, folder: dirname(path), source }).catch((cause: unknown) => {
    throw new Failure(messageOf(cause), { exitCode: exitCodes.general, cause });
  });
}
