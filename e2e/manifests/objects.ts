const prefix = 'argocd.argoproj.io';

/** Annotations by their short names: `{ hook: 'PreSync', 'sync-wave': '1' }`. */
export type Marks = Readonly<Record<string, string>>;

/** What a pod does that kwok plays: by itself it runs a moment and ends well. */
export type Fate = 'hang' | 'fail' | 'busy';

interface Named {
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly marks?: Marks;
  readonly finalizers?: readonly string[];
}

interface Work extends Named {
  readonly fate?: Fate;
}

const metadataOf = ({ marks = {}, ...rest }: Named): object => ({
  ...rest,
  annotations: Object.fromEntries(
    Object.entries(marks).map(([key, value]) => [key.includes('/') ? key : `${prefix}/${key}`, value]),
  ),
});

/** Objects as one YAML file. */
export const yaml = (...objects: readonly object[]): string =>
  `${objects.map((object) => JSON.stringify(object)).join('\n---\n')}\n`;

/** A config map with one value `v`. */
export const mapOf = (name: string, value = '1', rest: Omit<Named, 'name'> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadataOf({ name, ...rest }),
  data: { v: value },
});

const podSpec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'example.com/job:1.0' }] };

const podOf = (fate: Fate | undefined): object => ({
  metadata: { labels: fate === undefined ? {} : { rec: fate } },
  spec: podSpec,
});

/** A job of one pod that is not tried twice. */
export const jobOf = ({ fate, ...named }: Work): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadataOf(named),
  spec: { backoffLimit: 0, template: podOf(fate) },
});

/** A pod that runs once. */
export const taskPodOf = ({ fate, labels, ...named }: Work): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadataOf({ ...named, labels: { ...labels, ...(fate === undefined ? {} : { rec: fate }) } }),
  spec: podSpec,
});

/** A deployment of one pod. */
export const deploymentOf = ({ fate, name = '', ...named }: Work): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: metadataOf({ name, ...named }),
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name, ...(fate === undefined ? {} : { rec: fate }) } },
      spec: { containers: [{ name: 'main', image: 'example.com/web:1.0' }] },
    },
  },
});
