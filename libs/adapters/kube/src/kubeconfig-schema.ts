import { z } from 'zod';

const text = z.string().optional();

const cluster = z.object({
  server: z.string().min(1),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': z.boolean().optional(),
  'proxy-url': text,
  'disable-compression': z.boolean().optional(),
});

const user = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});

const context = z.object({ cluster: z.string(), user: z.string().default(''), namespace: text });

const named = <Key extends string, Item extends z.ZodType>(key: Key, item: Item) =>
  z
    .array(z.object({ name: z.string(), [key]: item } as { name: z.ZodString } & Record<Key, Item>))
    .nullish()
    .transform((entries) => entries ?? []);

/** The parts of a kubeconfig file that matter here; what else it holds is left alone. */
export const kubeconfigSchema = z.object({
  'current-context': text,
  clusters: named('cluster', cluster),
  users: named('user', user),
  contexts: named('context', context),
});

export type KubeconfigFile = z.infer<typeof kubeconfigSchema>;
export type KubeconfigCluster = z.infer<typeof cluster>;
export type KubeconfigUser = z.infer<typeof user>;
export type KubeconfigContext = z.infer<typeof context>;
