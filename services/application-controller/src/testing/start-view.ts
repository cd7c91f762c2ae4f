import { loadKubeconfig, makeKubeApi, type KubeConnection } from '@tiphys/adapter-kube';
import type { KubeObject } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { createLogger } from '@tiphys/runtime/logging';
import type { KubeAccess } from '@tiphys/testing/kube-env';
import { defaultTracking } from '@tiphys/tracking';
import { ClusterView, type ClusterViewOptions } from '../live/cluster-view.ts';
import type { ResourceFilters } from '../live/kinds.ts';

/** A view of the test cluster and what it told so far: `root shop`, `child shop`. */
export interface StartedView {
  readonly view: ClusterView;
  readonly told: string[];
  /** How often the kinds changed. */
  readonly kindsTold: () => number;
}

/** Starts a view of a real cluster, over another connection if asked; `close` it. For specs. */
export async function startView(
  kube: KubeAccess,
  filters: ResourceFilters = { exclusions: [], inclusions: [] },
  change: Partial<KubeConnection> & { readonly view?: Partial<ClusterViewOptions> } = {},
): Promise<StartedView> {
  const { connection } = await loadKubeconfig({ clock: systemClock, path: kube.kubeconfigPath });
  const told: string[] = [];
  const { view: options, ...link } = change;
  let kinds = 0;
  const view = new ClusterView({
    api: await makeKubeApi({ ...connection, ...link }, { clock: systemClock }),
    tracking: defaultTracking,
    filters,
    logger: createLogger({ service: 'test', level: 'error' }),
    onChange: (instance, what) => void told.push(`${what} ${instance}`),
    onKinds: () => {
      kinds += 1;
    },
    onTopLevel: (namespace) => void told.push(`top ${namespace}`),
    onLost: () => void told.push('lost'),
    ...options,
  });
  await view.start();
  return { view, told, kindsTold: () => kinds };
}

/** A config map that an Application manages. */
export const managedMap = (
  app: string,
  {
    namespace,
    name,
    annotations = {},
  }: { namespace: string; name: string; annotations?: Record<string, string> },
  value = '1',
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace,
    annotations: {
      'argocd.argoproj.io/tracking-id': `${app}:/ConfigMap:${namespace}/${name}`,
      ...annotations,
    },
  },
  data: { v: value },
});
