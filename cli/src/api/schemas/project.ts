import * as z from 'zod/mini';

const text = z.nullish(z.string());
const texts = z.nullish(z.array(z.string()));
const number = z.nullish(z.number());

const token = z.looseObject({ id: text, iat: number, exp: number });
const kind = z.looseObject({ group: text, kind: text });

const role = z.looseObject({
  name: z.string(),
  description: text,
  policies: texts,
  groups: texts,
  jwtTokens: z.nullish(z.array(token)),
});

const window = z.looseObject({
  kind: text,
  schedule: text,
  duration: text,
  applications: texts,
  namespaces: texts,
  clusters: texts,
  manualSync: z.nullish(z.boolean()),
  timeZone: text,
  andOperator: z.nullish(z.boolean()),
  syncOverrun: z.nullish(z.boolean()),
});

const policy = z.looseObject({
  repos: z.nullish(z.array(z.looseObject({ url: text }))),
  gpg: z.nullish(z.looseObject({ mode: text, keys: texts })),
});

const spec = z.looseObject({
  description: text,
  sourceRepos: texts,
  sourceNamespaces: texts,
  destinations: z.nullish(z.array(z.looseObject({ server: text, name: text, namespace: text }))),
  destinationServiceAccounts: z.nullish(
    z.array(z.looseObject({ server: text, namespace: text, defaultServiceAccount: text })),
  ),
  clusterResourceWhitelist: z.nullish(z.array(kind)),
  clusterResourceBlacklist: z.nullish(z.array(kind)),
  namespaceResourceWhitelist: z.nullish(z.array(kind)),
  namespaceResourceBlacklist: z.nullish(z.array(kind)),
  orphanedResources: z.nullish(
    z.looseObject({ warn: z.nullish(z.boolean()), ignore: z.nullish(z.array(z.looseObject({}))) }),
  ),
  signatureKeys: z.nullish(z.array(z.looseObject({ keyID: text }))),
  roles: z.nullish(z.array(role)),
  syncWindows: z.nullish(z.array(window)),
  sourceIntegrity: z.nullish(
    z.looseObject({ git: z.nullish(z.looseObject({ policies: z.nullish(z.array(policy)) })) }),
  ),
});

export const projectSchema = z.looseObject({ metadata: z.looseObject({ name: text }), spec });
export const projectsSchema = z.looseObject({ items: z.nullish(z.array(projectSchema)) });
export const detailedSchema = z.looseObject({
  project: projectSchema,
  repositories: z.nullish(z.array(z.looseObject({ repo: text }))),
  clusters: z.nullish(z.array(z.looseObject({ server: text }))),
});
export const keysSchema = z.looseObject({ items: z.nullish(z.array(z.looseObject({ keyID: text }))) });
export const windowsSchema = z.looseObject({ windows: z.nullish(z.array(window)) });

export type Project = z.infer<typeof projectSchema>;
export type ProjectSpec = z.infer<typeof spec>;
export type DetailedProject = z.infer<typeof detailedSchema>;
export type Role = z.infer<typeof role>;
export type Window = z.infer<typeof window>;
export type IntegrityPolicy = z.infer<typeof policy>;
