import { dirname } from 'node:path';
import { load } from 'js-yaml';
import { TiphysError } from '@tiphys/model';
import { kubeconfigSchema } from './kubeconfig-schema.ts';
import type {
  KubeconfigCluster,
  KubeconfigContext,
  KubeconfigFile,
  KubeconfigUser,
} from './kubeconfig-schema.ts';

/** An entry and the folder of its file, to which its relative paths belong. */
export interface Located<T> {
  readonly value: T;
  readonly folder: string;
}

/** Several kubeconfig files as one. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Located<KubeconfigCluster>>;
  readonly users: ReadonlyMap<string, Located<KubeconfigUser>>;
  readonly contexts: ReadonlyMap<string, Located<KubeconfigContext>>;
}

/** Reads and merges files; the first file that names a thing wins, as kubectl does it. */
export function readKubeconfigs(paths: readonly string[], read: (path: string) => string): Kubeconfig {
  const clusters = new Map<string, Located<KubeconfigCluster>>();
  const users = new Map<string, Located<KubeconfigUser>>();
  const contexts = new Map<string, Located<KubeconfigContext>>();
  let currentContext = '';
  for (const path of paths) {
    const file = parseKubeconfig(path, readText(path, read));
    const folder = dirname(path);
    currentContext ||= file['current-context'] ?? '';
    for (const { name, cluster } of file.clusters) addFirst(clusters, name, { value: cluster, folder });
    for (const { name, user } of file.users) addFirst(users, name, { value: user, folder });
    for (const { name, context } of file.contexts) addFirst(contexts, name, { value: context, folder });
  }
  return { currentContext, clusters, users, contexts };
}

function addFirst<T>(map: Map<string, T>, name: string, value: T): void {
  if (!map.has(name)) map.set(name, value);
}

function readText(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch (cause) {
    throw new TiphysError('not-found', `cannot read the kubeconfig ${path}`, { cause });
  }
}

/** Names the file and the place of a mistake, never a value: the values are credentials. */
function parseKubeconfig(path: string, text: string): KubeconfigFile {
  let document: unknown;
  try {
    document = load(text);
  } catch {
    throw new TiphysError('invalid', `kubeconfig ${path} is not YAML`);
  }
  const parsed = kubeconfigSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the document'} (${issue.code})`,
  );
  throw new TiphysError('invalid', `kubeconfig ${path}: ${places.join(', ')}`);
}
