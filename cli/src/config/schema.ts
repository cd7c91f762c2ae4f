import * as z from 'zod/mini';

/** A list that Go writes as null when it is empty. */
const listOf = <T extends z.core.$ZodType>(item: T): z.ZodMiniType<z.core.output<T>[]> =>
  z.pipe(
    z.nullish(z.array(item)),
    z.transform((list) => list ?? []),
  );

const contextRef = z.looseObject({ name: z.string(), server: z.string(), user: z.string() });

const server = z.looseObject({
  server: z.string(),
  'plain-text': z.optional(z.boolean()),
  insecure: z.optional(z.boolean()),
  'grpc-web': z.optional(z.boolean()),
  'grpc-web-root-path': z.optional(z.string()),
  'certificate-authority-data': z.optional(z.string()),
  'client-certificate-data': z.optional(z.string()),
  'client-certificate-key-data': z.optional(z.string()),
  core: z.optional(z.boolean()),
});

const user = z.looseObject({
  name: z.string(),
  'auth-token': z.optional(z.string()),
  'refresh-token': z.optional(z.string()),
});

/** The configuration file. Fields that are not named here are kept as they are. */
export const configSchema = z.looseObject({
  contexts: listOf(contextRef),
  'current-context': z.pipe(
    z.nullish(z.string()),
    z.transform((name) => name ?? ''),
  ),
  servers: listOf(server),
  users: listOf(user),
  'prompts-enabled': z.optional(z.boolean()),
});

export type Config = z.infer<typeof configSchema>;
export type ContextRef = Config['contexts'][number];
export type ServerEntry = Config['servers'][number];
export type UserEntry = Config['users'][number];

export const emptyConfig: Config = { contexts: [], 'current-context': '', servers: [], users: [] };
