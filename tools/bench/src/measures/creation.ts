import { gvkOf, type KubeObject } from '@tiphys/model';
import {
  applicationKind,
  configMapKind,
  inParallel,
  isSyncedAndHealthy,
  namespaceKind,
} from '../applications.ts';
import { REPOSITORY, type BenchContext } from '../bench-context.ts';

const WIDTH = 16;
const CASCADE = 'resources-finalizer.argocd.argoproj.io';

/** Seconds to apply the same objects with nothing in between: what the API server itself needs. */
export async function measureFloor({ applications, names, target, layout }: BenchContext): Promise<number> {
  const { api } = applications;
  const namespace = `${target}-floor`;
  await api.patch(
    namespaceKind,
    { name: namespace },
    {
      type: 'apply',
      fieldManager: 'bench',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    },
  );
  const objects = names.flatMap((name) =>
    Array.from({ length: layout.objectsPerApp }, (_item, index) => `${name}-${index}`),
  );
  const before = performance.now();
  await inParallel(objects, WIDTH, (name) =>
    api.patch(
      configMapKind,
      { namespace, name },
      {
        type: 'apply',
        fieldManager: 'bench',
        force: true,
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value: '1' } },
      },
    ),
  );
  const seconds = (performance.now() - before) / 1_000;
  await api.delete(namespaceKind, { name: namespace });
  return seconds;
}

/** Seconds from creating all Applications until all are Synced and Healthy. */
export async function measureCreation(context: BenchContext): Promise<number> {
  const { applications, names } = context;
  const before = performance.now();
  await inParallel([...names.keys()], WIDTH, (index) => applications.create(applicationOf(index, context)));
  await applications.until('all Synced and Healthy', (apps) =>
    names.every((name) => isSyncedAndHealthy(apps.get(name))),
  );
  return (performance.now() - before) / 1_000;
}

/** Creates Applications that nobody syncs, and waits until all are compared. */
export async function createCompared(context: BenchContext): Promise<void> {
  const { applications, names, layout } = context;
  await inParallel([...names.keys()], WIDTH, (index) => {
    const app = applicationOf(index, context);
    return applications.create({ ...app, spec: { ...app.spec, syncPolicy: {} } });
  });
  await applications.until('all compared', (apps) =>
    names.every((name) => apps.get(name)?.status?.resources?.length === layout.objectsPerApp),
  );
}

/** Seconds from deleting all Applications until they and their objects are gone. */
export async function measureDeletion({ applications, names, target }: BenchContext): Promise<number> {
  const before = performance.now();
  await inParallel(names, WIDTH, (name) =>
    applications.api.delete(applicationKind, { namespace: applications.namespace, name }),
  );
  await applications.until('all deleted', (apps) => names.every((name) => !apps.has(name)));
  const seconds = (performance.now() - before) / 1_000;
  const left = (await applications.api.list(configMapKind, { namespace: target })).items.filter(isOfBench);
  if (left.length > 0) throw new Error(`${left.length} objects are left after their Applications went`);
  return seconds;
}

const isOfBench = (object: KubeObject): boolean =>
  gvkOf(object).kind === 'ConfigMap' && object.metadata.name?.startsWith('bench-') === true;

interface NewApplication {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}

const applicationOf = (index: number, context: BenchContext): NewApplication => {
  const { applications, git, target, names, servers } = context;
  const name = names[index] ?? '';
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: applications.namespace, finalizers: [CASCADE] },
    spec: {
      project: 'default',
      source: { repoURL: git.url(REPOSITORY), path: `apps/${name}`, targetRevision: 'main' },
      destination: { server: servers[index % servers.length], namespace: target },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    },
  };
};
