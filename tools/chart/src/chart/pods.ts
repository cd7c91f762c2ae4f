import { z } from 'zod';
import type { RenderedObject } from './helm.ts';

const variable = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({
      configMapKeyRef: z
        .object({ name: z.string(), key: z.string(), optional: z.boolean().optional() })
        .optional(),
      secretKeyRef: z.looseObject({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
});

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  args: z.array(z.string()).default([]),
  env: z.array(variable).default([]),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
  securityContext: z.looseObject({}),
});

const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  securityContext: z.looseObject({}),
  containers: z.array(container),
  volumes: z.array(z.looseObject({ name: z.string() })).default([]),
});

const workload = z.looseObject({
  spec: z.looseObject({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.looseObject({
      metadata: z.looseObject({
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).optional(),
      }),
      spec: podSpec,
    }),
  }),
});

/** A Deployment or StatefulSet of the chart, with the parts that its tests look at. */
export type Workload = z.infer<typeof workload>['spec'] & { readonly name: string; readonly kind: string };
export type Container = z.infer<typeof container>;

/** The chart's Deployments and StatefulSets by name. */
export function workloadsOf(objects: readonly RenderedObject[]): ReadonlyMap<string, Workload> {
  const found = objects.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  return new Map(
    found.map((object) => [
      object.metadata.name,
      { ...workload.parse(object).spec, name: object.metadata.name, kind: object.kind },
    ]),
  );
}
