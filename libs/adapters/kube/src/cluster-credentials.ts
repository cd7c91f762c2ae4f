import { z } from 'zod';
import type { JsonValue } from '@tiphys/model';
import type { ClusterCredentials } from '@tiphys/ports';
import { fromBase64 } from './secret-value.ts';
import type { Fail } from './secret-value.ts';
import { parseJson } from './lossless-json.ts';

/** Go leaves an absent field and an empty one alike. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === '' ? undefined : value));
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? undefined);
const pem = text.transform((value, context) => {
  const decoded = value === undefined ? undefined : fromBase64(value);
  if (value !== undefined && decoded === undefined)
    context.addIssue({ code: 'custom', message: 'not base64' });
  return decoded;
});

const tls = z.object({ insecure: flag, serverName: text, certData: pem, keyData: pem, caData: pem });

const exec = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.record(z.string(), z.string()).nullish(),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: flag,
  config: z.custom<JsonValue>().optional(),
});

const aws = z.object({ clusterName: z.string().min(1), roleARN: text, profile: text });

const schema = z.object({
  username: text,
  password: text,
  bearerToken: text,
  tlsClientConfig: tls.nullish(),
  execProviderConfig: exec.nullish(),
  awsAuthConfig: aws.nullish(),
  proxyUrl: text,
  disableCompression: flag,
});

type Parsed = z.infer<typeof schema>;

/** Reads the JSON of the key `config`; an empty one means no credentials. What `fail` is told never holds a value. */
export function readClusterCredentials(json: string, fail: Fail): ClusterCredentials {
  if (json.trim() === '') return {};
  const parsed = schema.safeParse(parseOr(json, fail));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = ['config', ...(issue?.path ?? [])].join('.');
    return fail(
      path,
      issue?.code === 'custom' ? issue.message : `the value is not valid (${issue?.code ?? ''})`,
    );
  }
  const { username, password, bearerToken, tlsClientConfig, proxyUrl, disableCompression } = parsed.data;
  const execProviderConfig = pluginOf(parsed.data);
  return compact({
    username,
    password,
    bearerToken,
    proxyUrl,
    disableCompression,
    execProviderConfig,
    tlsClientConfig: tlsClientConfig ? compact(tlsClientConfig) : undefined,
  });
}

function parseOr(json: string, fail: Fail): JsonValue {
  try {
    return parseJson(json);
  } catch {
    return fail('config', 'the value is not JSON');
  }
}

/** AWS clusters log in by a plugin of fixed name; it is subject to the allowlist like any other. */
function pluginOf({ awsAuthConfig, execProviderConfig }: Parsed): ClusterCredentials['execProviderConfig'] {
  if (awsAuthConfig) {
    const { clusterName, roleARN, profile } = awsAuthConfig;
    const role = roleARN === undefined ? [] : ['--role-arn', roleARN];
    const named = profile === undefined ? [] : ['--profile', profile];
    return {
      command: 'argocd-k8s-auth',
      args: ['aws', '--cluster-name', clusterName, ...role, ...named],
      apiVersion: 'client.authentication.k8s.io/v1beta1',
    };
  }
  if (!execProviderConfig) return undefined;
  const { args, env, ...rest } = execProviderConfig;
  return compact({ ...rest, args: args ?? undefined, env: env ?? undefined });
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined fields. */
const compact = <T extends object>(object: T): Compact<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Compact<T>;
