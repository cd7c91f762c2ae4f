import * as z from 'zod/mini';

const text = z.nullish(z.string());

export const sessionSchema = z.looseObject({ token: z.string() });

const claim = z.looseObject({});
export const settingsSchema = z.looseObject({
  url: text,
  oidcConfig: z.nullish(
    z.looseObject({
      issuer: text,
      clientID: text,
      cliClientID: text,
      scopes: z.nullish(z.array(z.string())),
      idTokenClaims: z.nullish(z.record(z.string(), claim)),
    }),
  ),
  dexConfig: z.nullish(z.looseObject({ connectors: z.nullish(z.array(claim)) })),
});
export type ServerSettings = z.infer<typeof settingsSchema>;

export const versionSchema = z.looseObject({
  Version: text,
  BuildDate: text,
  GitCommit: text,
  GitTreeState: text,
  GoVersion: text,
  Compiler: text,
  Platform: text,
  KustomizeVersion: text,
  HelmVersion: text,
  JsonnetVersion: text,
  KubectlVersion: text,
  ExtraBuildInfo: text,
});

export const projectSchema = z.looseObject({
  spec: z.nullish(z.looseObject({ syncWindows: z.nullish(z.array(z.unknown())) })),
});

const window = z.looseObject({ kind: text, schedule: text, duration: text });

export const syncWindowsSchema = z.looseObject({
  activeWindows: z.nullish(z.array(window)),
  assignedWindows: z.nullish(z.array(window)),
  canSync: z.nullish(z.boolean()),
});

/** An error as the gateway writes it; `code` is the gRPC code. */
export const errorSchema = z.looseObject({ error: text, message: text, code: z.nullish(z.number()) });

/** An error inside a stream. */
export const streamErrorSchema = z.looseObject({ grpc_code: z.nullish(z.number()), message: text });

export type ServerVersion = z.infer<typeof versionSchema>;
export type SyncWindows = z.infer<typeof syncWindowsSchema>;
