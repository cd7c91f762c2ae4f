import { applicationSchema, type App } from '../api/schemas/application.ts';

interface Sketch {
  readonly name?: string;
  readonly spec?: object;
  readonly status?: object;
  readonly operation?: object;
  readonly metadata?: object;
}

/** An application as the server sends it; what is not given is plain and in order. */
export const appOf = ({ name = 'shop', spec, status, operation, metadata }: Sketch = {}): App =>
  applicationSchema.parse({
    metadata: { name, namespace: 'argocd', resourceVersion: '1', ...metadata },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.com/shop.git', path: 'deploy', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
      ...spec,
    },
    status: {
      sync: { status: 'Synced', revision: 'a'.repeat(40) },
      health: { status: 'Healthy' },
      reconciledAt: '2026-01-02T03:04:05Z',
      resources: [resourceOf()],
      ...status,
    },
    ...(operation === undefined ? {} : { operation }),
  });

/** An object of an application as its status lists it. */
export const resourceOf = (more: object = {}): object => ({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  status: 'Synced',
  health: { status: 'Healthy' },
  ...more,
});

/** An operation that has ended well, and what it did. */
export const ended = (more: object = {}): object => ({
  operation: { sync: { revision: 'a'.repeat(40) } },
  phase: 'Succeeded',
  message: 'successfully synced (all tasks run)',
  startedAt: '2026-01-02T03:04:00Z',
  finishedAt: '2026-01-02T03:04:05Z',
  syncResult: { revision: 'a'.repeat(40), resources: [] },
  ...more,
});
