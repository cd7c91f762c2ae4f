import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { annotations, messageOf } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import type { KubeAccess, ObjectLike } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';

const content = resolve(import.meta.dirname, '..', 'example');

/** The git repository that the development system deploys from. */
export interface ExampleRepository {
  readonly server: GitServer;
  readonly url: string;
  /** Calls back after each push to `main`, until closed. */
  onPush(callback: () => Promise<void>): void;
  close(): Promise<void>;
}

/** Serves a repository with the files of `tools/dev/example` in its first commit. */
export async function serveExample(directory: string): Promise<ExampleRepository> {
  const server = await startGitServer({ directory });
  const first = await server.createRepo('example', await filesOf(content));
  const branch = join(directory, 'example.git', 'refs', 'heads', 'main');
  let watcher: NodeJS.Timeout | undefined;
  return {
    server,
    url: server.url('example'),
    onPush: (callback) => {
      watcher = watch({ file: branch, first, callback });
    },
    close: async () => {
      clearInterval(watcher);
      await server.close();
    },
  };
}

export interface ExampleApplication {
  readonly kube: KubeAccess;
  readonly namespace: string;
  readonly repoURL: string;
}

export const applicationName = 'guestbook';

/** Creates the Application that deploys `guestbook/` of the repository. */
export async function createApplication({ kube, namespace, repoURL }: ExampleApplication): Promise<void> {
  await kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: applicationName, namespace },
    spec: {
      project: 'default',
      source: { repoURL, path: 'guestbook', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'guestbook' },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
  } as ObjectLike);
}

interface ApplicationStatus {
  readonly status?: {
    readonly sync?: { readonly status?: string };
    readonly health?: { readonly status?: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: { readonly phase?: string; readonly message?: string };
  };
}

/** Waits until the Application is Synced and Healthy; the error of a deadline says where it got stuck. */
export async function awaitHealthy(
  { kube, namespace }: ExampleApplication,
  timeoutMs: number,
): Promise<void> {
  let seen = 'no status yet';
  const isThere = async (): Promise<boolean> => {
    const { status } = await kube.request<ApplicationStatus>('GET', applicationPath(namespace));
    seen = describe(status);
    return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';
  };
  try {
    await poll(isThere, { what: `${applicationName} is Synced and Healthy`, timeoutMs });
  } catch (cause) {
    throw new Error(`${messageOf(cause)}; last seen: ${seen}`, { cause });
  }
}

/** Asks for a look at the repository now, as a git host's webhook would. */
export async function refreshApplication({ kube, namespace }: ExampleApplication): Promise<void> {
  const patch = { metadata: { annotations: { [annotations.refresh]: 'normal' } } };
  await kube.request('PATCH', applicationPath(namespace), patch, 'application/merge-patch+json');
}

/** Deletes the Application with what it deployed, and waits for the end. */
export async function removeApplication({ kube, namespace }: ExampleApplication): Promise<void> {
  const path = applicationPath(namespace);
  const patch = { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } };
  await kube.request('PATCH', path, patch, 'application/merge-patch+json');
  await kube.request('DELETE', path);
  await poll(async () => (await kube.send({ method: 'GET', path })).status === 404, {
    what: 'the example is gone',
  });
  await kube.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'guestbook' });
}

function applicationPath(namespace: string): string {
  return `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications/${applicationName}`;
}

function describe(status: ApplicationStatus['status']): string {
  const { sync, health, operationState, conditions = [] } = status ?? {};
  return [
    `sync ${sync?.status ?? 'unknown'}, health ${health?.status ?? 'unknown'}`,
    ...(operationState === undefined
      ? []
      : [`operation ${operationState.phase}: ${operationState.message ?? ''}`]),
    ...conditions.map((one) => `${one.type}: ${one.message}`),
  ].join('; ');
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return Object.fromEntries(paths.map((path, index) => [path.slice(folder.length + 1), texts[index] ?? '']));
}

interface Watch {
  readonly file: string;
  readonly first: string;
  readonly callback: () => Promise<void>;
}

/** Looks at the branch's file; a push replaces it once its objects are there. */
function watch({ file, first, callback }: Watch): NodeJS.Timeout {
  let last = first;
  let busy = false;
  const look = async (): Promise<void> => {
    const tip = (await readFile(file, 'utf8').catch(() => last)).trim();
    if (tip === last) return;
    last = tip;
    await callback();
  };
  return setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => (busy = false));
  }, 250);
}
