import * as z from 'zod/mini';

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());
const state = z.nullish(z.looseObject({ status: text, message: text }));

export const repositorySchema = z.looseObject({
  repo: z.string(),
  type: text,
  name: text,
  project: text,
  insecure: flag,
  enableOCI: flag,
  enableLfs: flag,
  inheritedCreds: flag,
  username: text,
  connectionState: state,
});

export const credentialsSchema = z.looseObject({ url: z.string(), username: text });

export const certificateSchema = z.looseObject({
  serverName: z.string(),
  certType: text,
  certSubType: text,
  certInfo: text,
});

export const gpgKeySchema = z.looseObject({
  keyID: z.string(),
  fingerprint: text,
  owner: text,
  subType: text,
  keyData: text,
});

export const clusterSchema = z.looseObject({
  server: z.string(),
  name: text,
  project: text,
  serverVersion: text,
  namespaces: z.nullish(z.array(z.string())),
  connectionState: state,
});

export const addedKeysSchema = z.looseObject({
  created: z.nullish(z.looseObject({ items: z.nullish(z.array(gpgKeySchema)) })),
  skipped: z.nullish(z.array(z.string())),
});

export type Repository = z.infer<typeof repositorySchema>;
export type Credentials = z.infer<typeof credentialsSchema>;
export type Certificate = z.infer<typeof certificateSchema>;
export type GpgKey = z.infer<typeof gpgKeySchema>;
export type Cluster = z.infer<typeof clusterSchema>;
