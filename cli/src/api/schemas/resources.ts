import * as z from 'zod/mini';

const text = z.nullish(z.string());

const managedResource = z.looseObject({
  group: text,
  kind: z.string(),
  namespace: text,
  name: z.string(),
  targetState: text,
  liveState: text,
  normalizedLiveState: text,
  predictedLiveState: text,
  hook: z.nullish(z.boolean()),
  modified: z.nullish(z.boolean()),
});

/** Managed resources; their states are JSON text, `null` for none. */
export const managedResourcesSchema = z.looseObject({ items: z.nullish(z.array(managedResource)) });

const parentRef = z.looseObject({ uid: text, group: text, kind: text, namespace: text, name: text });

const node = z.looseObject({
  uid: text,
  group: text,
  version: text,
  kind: z.string(),
  namespace: text,
  name: z.string(),
  parentRefs: z.nullish(z.array(parentRef)),
  health: z.nullish(z.looseObject({ status: text, message: text })),
  createdAt: text,
});

export const treeSchema = z.looseObject({
  nodes: z.nullish(z.array(node)),
  orphanedNodes: z.nullish(z.array(node)),
});

/** A live object, as JSON text. */
export const objectSchema = z.looseObject({ manifest: z.string() });

/** A line of a log; the last one ends it. */
export const logEntrySchema = z.looseObject({
  content: text,
  last: z.nullish(z.boolean()),
  timeStampStr: text,
  podName: text,
});

/** Rendered manifests, each the JSON text of one object. */
export const manifestsSchema = z.looseObject({
  manifests: z.nullish(z.array(z.string())),
  revision: text,
});

const resourceAction = z.looseObject({ name: z.string(), disabled: z.nullish(z.boolean()) });

/** What can be done to one object. */
export const resourceActionsSchema = z.looseObject({ actions: z.nullish(z.array(resourceAction)) });

export type ResourceAction = z.infer<typeof resourceAction>;
export type ManagedResource = z.infer<typeof managedResource>;
export type TreeNode = z.infer<typeof node>;
export type ResourceTree = z.infer<typeof treeSchema>;
export type LogEntry = z.infer<typeof logEntrySchema>;
