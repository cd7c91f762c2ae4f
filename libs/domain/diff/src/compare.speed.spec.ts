import type { KubeObject } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import { describe, expect, it } from 'vitest';
import { compareObject } from './index.ts';

const configMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'n', labels: { app: 'a' } },
  data: { a: '1', b: 'x'.repeat(1000) },
};
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'n' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'd' } },
    template: {
      metadata: { labels: { app: 'd' } },
      spec: {
        containers: Array.from({ length: 3 }, (_, index) => ({
          name: `c${index}`,
          image: 'example:1',
          env: Array.from({ length: 10 }, (_none, at) => ({ name: `E${at}`, value: String(at) })),
          resources: { limits: { cpu: '500m', memory: '1Gi' } },
        })),
      },
    },
  },
};

/** The best average of several rounds, so that a busy machine doesn't count. */
function microseconds(run: () => void): number {
  const rounds = Array.from({ length: 10 }, () => {
    const start = performance.now();
    for (let i = 0; i < 500; i++) run();
    return ((performance.now() - start) * 1000) / 500;
  });
  return Math.min(...rounds);
}

describe('the cost of a comparison', () => {
  it.each([
    ['a ConfigMap', configMap, 50],
    ['a Deployment', deployment, 500],
  ] as const)('of %s in sync stays small', (_name, target, limit) => {
    const live = structuredClone(withLastApplied(target));
    expect(compareObject({ target, live }).synced).toBe(true);
    expect(microseconds(() => compareObject({ target, live }))).toBeLessThan(limit);
  });
});
