import { TiphysError, arrayAt, asJson, stringAt, type JsonValue } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { pods } from './pods.ts';

export interface PodChoice {
  readonly namespace: string;
  /** Values of the label `app.kubernetes.io/name`; the first that has a pod is taken. */
  readonly names: readonly string[];
}

const LABEL = 'app.kubernetes.io/name';

/** The name of a running pod of a component, a ready one where there is one. Errors: `not-found` where none runs. */
export async function findRunningPod(api: KubeApi, { namespace, names }: PodChoice): Promise<string> {
  for (const name of names) {
    const { items } = await api.list(pods, { namespace, labelSelector: `${LABEL}=${name}` });
    const running = items.map(asJson).filter((pod) => stringAt(pod, 'status', 'phase') === 'Running');
    const found = stringAt(running.find(isReady) ?? running[0], 'metadata', 'name');
    if (found !== undefined) return found;
  }
  throw new TiphysError(
    'not-found',
    `no pod with the label ${names.map((name) => `${LABEL}=${name}`).join(' or ')} runs in the namespace ${namespace}`,
  );
}

const isReady = (pod: JsonValue): boolean =>
  arrayAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
