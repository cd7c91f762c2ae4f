import * as z from 'zod/mini';

const text = z.nullish(z.string());
const strings = z.nullish(z.array(z.string()));

const source = z.looseObject({
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
  name: text,
  helm: z.nullish(
    z.looseObject({
      valueFiles: strings,
      parameters: z.nullish(z.array(z.looseObject({ name: text, value: text }))),
    }),
  ),
  kustomize: z.nullish(z.looseObject({ namePrefix: text, nameSuffix: text, images: strings })),
});

const destination = z.looseObject({ server: text, name: text, namespace: text });

const health = z.looseObject({ status: text, message: text });

const resource = z.looseObject({
  group: text,
  version: text,
  kind: z.string(),
  namespace: text,
  name: z.string(),
  status: text,
  health: z.nullish(health),
  hook: z.nullish(z.boolean()),
  requiresPruning: z.nullish(z.boolean()),
});

const result = z.looseObject({
  group: text,
  version: text,
  kind: z.string(),
  namespace: text,
  name: z.string(),
  status: text,
  message: text,
  hookType: text,
  hookPhase: text,
  syncPhase: text,
});

const operation = z.looseObject({
  sync: z.nullish(z.looseObject({ revision: text, revisions: strings, dryRun: z.nullish(z.boolean()) })),
});

const operationState = z.looseObject({
  operation: z.nullish(operation),
  phase: text,
  message: text,
  startedAt: text,
  finishedAt: text,
  retryCount: z.nullish(z.number()),
  syncResult: z.nullish(
    z.looseObject({ resources: z.nullish(z.array(result)), revision: text, revisions: strings }),
  ),
});

const history = z.looseObject({
  id: z.nullish(z.number()),
  revision: text,
  revisions: strings,
  deployedAt: text,
  source: z.nullish(source),
  sources: z.nullish(z.array(source)),
});

const status = z.looseObject({
  resources: z.nullish(z.array(resource)),
  sync: z.nullish(z.looseObject({ status: text, revision: text, revisions: strings })),
  health: z.nullish(health),
  history: z.nullish(z.array(history)),
  conditions: z.nullish(
    z.array(z.looseObject({ type: z.string(), message: text, lastTransitionTime: text })),
  ),
  reconciledAt: text,
  operationState: z.nullish(operationState),
  sourceHydrator: z.nullish(z.looseObject({ currentOperation: z.nullish(z.looseObject({ phase: text })) })),
});

const automated = z.looseObject({ prune: z.nullish(z.boolean()), enabled: z.nullish(z.boolean()) });

const spec = z.looseObject({
  project: text,
  source: z.nullish(source),
  sources: z.nullish(z.array(source)),
  destination: z.nullish(destination),
  syncPolicy: z.nullish(z.looseObject({ automated: z.nullish(automated) })),
});

const metadata = z.looseObject({
  name: z.string(),
  namespace: text,
  resourceVersion: text,
  labels: z.nullish(z.record(z.string(), z.string())),
  annotations: z.nullish(z.record(z.string(), z.string())),
  finalizers: strings,
  deletionTimestamp: text,
});

/** An Application as the server sends it: what this client reads is checked, all else is kept. */
export const applicationSchema = z.looseObject({
  metadata,
  spec,
  status: z.nullish(status),
  operation: z.nullish(operation),
});

export const applicationListSchema = z.looseObject({
  metadata: z.nullish(z.looseObject({ continue: text, remainingItemCount: z.nullish(z.number()) })),
  items: z.nullish(z.array(applicationSchema)),
});

export const watchEventSchema = z.looseObject({ type: z.string(), application: applicationSchema });

export type App = z.infer<typeof applicationSchema>;
export type AppSource = z.infer<typeof source>;
export type AppResource = z.infer<typeof resource>;
export type AppResult = z.infer<typeof result>;
export type AppOperationState = z.infer<typeof operationState>;
export type AppHistory = z.infer<typeof history>;
export type WatchEvent = z.infer<typeof watchEventSchema>;

/** All sources of an application in order; `sources` wins where both are set. */
export function sourcesOf(app: App): readonly AppSource[] {
  const several = app.spec.sources ?? [];
  if (several.length > 0) return several;
  return app.spec.source === null || app.spec.source === undefined ? [] : [app.spec.source];
}

/** `namespace/name`. */
export const qualifiedName = ({ metadata: { namespace, name } }: App): string =>
  (namespace ?? '') === '' ? name : `${namespace ?? ''}/${name}`;
