import type { Application, ApplicationSource } from '@tiphys/model';
import { poll } from '../processes/index.ts';
import { configMap } from './manifests.ts';
import type { World } from './world.ts';

/** The `main` branch of a repository named as its Application; default: a config map of that name with value `1`. */
export async function sourceOf(
  world: World,
  name: string,
  files: Readonly<Record<string, string>> = { 'all.yaml': configMap(name, '1') },
): Promise<ApplicationSource> {
  return { repoURL: await world.repository(name, files), path: '.', targetRevision: 'main' };
}

/** Changes values of a config map in the target namespace, as somebody else; null takes one away. */
export const editData = (
  { kube, target }: World,
  name: string,
  data: Readonly<Record<string, string | null>>,
): Promise<unknown> =>
  kube.request(
    'PATCH',
    `/api/v1/namespaces/${target}/configmaps/${name}?fieldManager=somebody`,
    { data },
    'application/merge-patch+json',
  );

/** Waits until an Application has no operation and one that ended. */
export const endOfOperation = (world: World, name: string, timeoutMs?: number): Promise<Application> =>
  world.eventually(
    name,
    'ends its operation',
    ({ operation, status }) => operation === undefined && status?.operationState?.finishedAt !== undefined,
    timeoutMs,
  );

/** Syncs by the public API and waits for the end. */
export async function syncToEnd(world: World, name: string, request: object = {}): Promise<Application> {
  await world.sync(name, request);
  return endOfOperation(world, name);
}

/** Syncs what was compared, and again while the control plane does not know of the last change yet. */
export const syncUntil = (
  world: World,
  name: string,
  phase: 'Succeeded' | 'Failed' | 'Error',
): Promise<Application> =>
  poll(
    async () => {
      await world.eventually(name, 'is compared', ({ status }) => status?.sync?.status !== undefined);
      const app = await syncToEnd(world, name);
      return app.status?.operationState?.phase === phase ? app : undefined;
    },
    { what: `a sync of ${name} that ends ${phase}`, timeoutMs: 30_000 },
  );

/** How the last operation ended. */
export const endOf = ({
  status,
}: Application): { readonly phase: string | undefined; readonly message: string | undefined } => ({
  phase: status?.operationState?.phase,
  message: status?.operationState?.message,
});

/** Status and message of each object of the last operation, by kind and name. */
export const resultsOf = ({ status }: Application): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (status?.operationState?.syncResult?.resources ?? []).map((result) => [
      `${result.kind}/${result.name}`,
      `${result.status ?? ''}: ${result.message ?? ''}`,
    ]),
  );

/** An Application that nobody syncs by itself, once it was compared. */
export async function compared(
  world: World,
  name: string,
  sketch: Parameters<World['application']>[1],
): Promise<Application> {
  await world.application(name, sketch);
  return world.eventually(name, 'was compared', ({ status }) => status?.sync?.status !== undefined);
}

/** Gives a service of type LoadBalancer in the target namespace an address, which makes it Healthy. */
export const readyBalancer = ({ kube, target }: World, name: string): Promise<unknown> =>
  kube.request(
    'PATCH',
    `/api/v1/namespaces/${target}/services/${name}/status`,
    { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
    'application/merge-patch+json',
  );
