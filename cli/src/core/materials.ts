import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTiphysError, type KubeObject } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';

/** What the server needs beside the cluster, in files that only this user reads. */
export interface Materials {
  /** Flags that name the files. */
  readonly flags: readonly string[];
  readonly redisPassword: string | undefined;
  remove(): Promise<void>;
}

const secrets = kindOf('Secret', 'secrets');
const configMaps = kindOf('ConfigMap', 'configmaps');

function kindOf(kind: string, resource: string): Parameters<KubeApi['get']>[0] {
  return { group: '', version: 'v1', kind, resource, namespaced: true, verbs: ['get'] };
}

/**
 * Reads how the services of an installation know each other. What the user may not read, or what is not there, is
 * left out: the server then does without what it opens.
 */
export async function readMaterials(api: KubeApi, namespace: string): Promise<Materials> {
  const read = (name: string): Promise<Readonly<Record<string, string>>> =>
    dataOf(api, { namespace, name, kind: secrets });
  const [identity, cacheKey, redis, parameters] = await Promise.all([
    read('tiphys-internal-tls-api-server'),
    read('tiphys-cache-key'),
    read('argocd-redis'),
    dataOf(api, { namespace, name: 'argocd-cmd-params-cm', kind: configMaps }),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'tiphys-core-'));
  try {
    return {
      flags: [
        ...(await identityFlags(folder, identity)),
        ...(await cacheKeyFlags(folder, cacheKey['key'])),
        ...namespaceFlags(parameters['application.namespaces']),
      ],
      redisPassword: redis['auth'] === undefined ? undefined : decoded(redis['auth']),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly kind: Parameters<KubeApi['get']>[0];
}

async function dataOf(
  api: KubeApi,
  { namespace, name, kind }: Place,
): Promise<Readonly<Record<string, string>>> {
  try {
    const object: KubeObject & { readonly data?: Readonly<Record<string, string>> } = await api.get(kind, {
      namespace,
      name,
    });
    return object.data ?? {};
  } catch (error) {
    if (isTiphysError(error) && (error.code === 'not-found' || error.code === 'permission-denied')) return {};
    throw error;
  }
}

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

const identityFiles = ['tls.crt', 'tls.key', 'ca.crt'] as const;

async function identityFlags(
  folder: string,
  data: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (identityFiles.some((name) => data[name] === undefined)) return [];
  const directory = join(folder, 'internal-tls');
  await mkdir(directory, { mode: 0o700 });
  for (const name of identityFiles) await writePrivately(join(directory, name), decoded(data[name] ?? ''));
  return ['--internal-tls-dir', directory];
}

/** Without the key of the installation its cache stays closed; a key of one's own keeps the two apart. */
async function cacheKeyFlags(folder: string, key: string | undefined): Promise<readonly string[]> {
  const file = join(folder, 'cache-key');
  await writePrivately(file, key === undefined ? randomBytes(32).toString('base64') : decoded(key));
  return ['--cache-key-file', file];
}

const namespaceFlags = (namespaces: string | undefined): readonly string[] =>
  namespaces === undefined || namespaces === '' ? [] : ['--application-namespaces', namespaces];

const writePrivately = (file: string, text: string): Promise<void> => writeFile(file, text, { mode: 0o600 });
