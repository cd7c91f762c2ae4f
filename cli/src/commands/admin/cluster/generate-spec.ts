import { IN_CLUSTER_SERVER, secretTypes, type JsonObject } from '@tiphys/model';
import { secretNames } from '@tiphys/settings';
import { readContext, type KubeContext } from '../../../kube/kubeconfig.ts';
import { defineCommand, type FlagValues } from '../../../program/definition.ts';
import { Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { command as add } from '../../cluster/add.ts';
import { pairs } from '../../cluster/pairs.ts';
import { connectionOf, pluginLogin } from '../../cluster/stored-login.ts';
import { present } from '../../repo/login-flags.ts';
import { declaringSecret } from '../declaring-secret.ts';
import { generatedText, outputFlag } from '../generated-output.ts';

const { upsert: _upsert, yes: _yes, ...clusterFlags } = add.flags;
/** Stands where a token is to be put in. */
const PLACEHOLDER = 'bearer-token';
const ENDPOINTS = ['kubeconfig', 'kube-public', 'internal'];

const flags = {
  ...clusterFlags,
  'service-account': { ...clusterFlags['service-account'], default: 'argocd-manager' },
  'bearer-token': { kind: 'text', describe: 'Token to log in with' },
  'generate-bearer-token': {
    kind: 'switch',
    describe: 'Take the token of the service account, which is made where it is missing',
  },
  'cluster-endpoint': { kind: 'text', describe: `Address to use: ${ENDPOINTS.join(', ')}` },
  output: outputFlag,
} as const;

type Values = FlagValues<typeof flags>;

export const command = defineCommand({
  usage: 'CONTEXT',
  args: { min: 1, max: 1 },
  description:
    'Prints the secret that declares the cluster of a context of your kubeconfig. It holds the login in clear.',
  flags,
  examples: [
    {
      what: 'With a token of its own service account',
      line: 'tiphys admin cluster generate-spec staging --generate-bearer-token',
    },
  ],
  async run(invocation, { args: [name = ''], flags: values }) {
    const context = await readContext(name, invocation.env, values.kubeconfig);
    const server = await addressOf(context, values);
    const config = { ...(await loginOf(context, values, invocation)), ...connectionOf(context, values) };
    const { namespace: namespaces, shard } = values;
    const data = present({
      name: values.name ?? name,
      server,
      config: JSON.stringify(config),
      namespaces: namespaces.join(','),
      clusterResources: namespaces.length > 0 && values['cluster-resources'] ? 'true' : '',
      shard: shard < 0 ? '' : String(shard),
      project: values.project,
    });
    const secret = declaringSecret({
      name: secretNames.cluster(server),
      type: secretTypes.cluster,
      data: data as Readonly<Record<string, string>>,
      labels: pairs(values.label),
      annotations: pairs(values.annotation),
    });
    invocation.out.write(generatedText(secret, values.output));
    return 0;
  },
});

async function addressOf(context: KubeContext, values: Values): Promise<string> {
  const endpoint = values['cluster-endpoint'] ?? 'kubeconfig';
  if (!ENDPOINTS.includes(endpoint))
    throw new Failure(`--cluster-endpoint ${endpoint}: it must be one of ${ENDPOINTS.join(', ')}.`);
  if (values['in-cluster'] || endpoint === 'internal') return IN_CLUSTER_SERVER;
  if (endpoint === 'kubeconfig') return context.server;
  const { publicAddress } = await import('../../../kube/public-address.ts');
  return publicAddress(context);
}

async function loginOf(context: KubeContext, values: Values, { err }: Invocation): Promise<JsonObject> {
  const byProgram = pluginLogin(values);
  if (byProgram !== undefined) return byProgram;
  if (!values['generate-bearer-token']) return { bearerToken: values['bearer-token'] ?? PLACEHOLDER };
  const { managerToken } = await import('../../../kube/manager.ts');
  const account = values['service-account'];
  const place = {
    namespace: values['system-namespace'],
    limitedTo: values.namespace,
    account: account === flags['service-account'].default ? undefined : account,
  };
  return { bearerToken: await managerToken(context, place, err) };
}
