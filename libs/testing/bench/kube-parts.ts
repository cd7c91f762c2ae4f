import type { KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

export const configMaps: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs: [],
};

/** A config map of about 1.3 KB, as applications have them. */
export const configMap = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { app: name, part: 'bench' } },
  data: { 'app.properties': 'key=value\n'.repeat(100) },
});

export const rssMiB = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024);

export const round = (value: number): number => Math.round(value * 100) / 100;

export const say = (what: string, figure: string): void => {
  process.stdout.write(`${what.padEnd(32)} ${figure}\n`);
};
