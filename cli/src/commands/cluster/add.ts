import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import type { KubeContext } from '../../kube/kubeconfig.ts';
import type { Terminal } from '../../output/terminal.ts';
import { present } from '../repo/login-flags.ts';
import { pairs } from './pairs.ts';
import { connectionOf, pluginLogin } from './stored-login.ts';

const text = (describe: string) => ({ kind: 'text', describe }) as const;

const flags = {
  name: text('Name; that of the context where it is not given'),
  project: text('Project that it belongs to'),
  namespace: { kind: 'list', describe: 'Namespaces that it is limited to', placeholder: 'namespace' },
  'cluster-resources': {
    kind: 'switch',
    describe: 'Manage objects without a namespace, though limited to some',
  },
  label: { kind: 'list', describe: 'Labels, such as `env=prod`', placeholder: 'label' },
  annotation: { kind: 'list', describe: 'Annotations', placeholder: 'annotation' },
  kubeconfig: text('Kubeconfig in place of the usual one'),
  'system-namespace': { kind: 'text', default: 'kube-system', describe: 'Namespace of the service account' },
  'service-account': text('A service account that is there already'),
  'in-cluster': { kind: 'switch', describe: 'It is the cluster of the control plane' },
  'proxy-url': text('HTTP proxy to reach it by'),
  'disable-compression': { kind: 'switch', describe: 'Ask for uncompressed answers' },
  shard: { kind: 'integer', default: -1, describe: 'The shard of the controller that serves it' },
  'aws-cluster-name': text('Log in to this EKS cluster by the identity of the control plane'),
  'aws-role-arn': text('Role for that'),
  'aws-profile': text('Profile for that'),
  'exec-command': text('Program that gives the login'),
  'exec-command-args': { kind: 'list', describe: 'Its arguments', placeholder: 'argument' },
  'exec-command-env': { kind: 'list', describe: 'Its environment, as `NAME=value`', placeholder: 'variable' },
  'exec-command-api-version': text('API version that it speaks'),
  'exec-command-install-hint': text('How it is installed'),
  upsert: { kind: 'switch', describe: 'Replace one that differs' },
  yes: { kind: 'switch', short: 'y', describe: "Don't ask" },
} as const satisfies FlagSet;

type Values = FlagValues<typeof flags>;

export const command = defineCommand({
  usage: 'CONTEXT',
  args: { min: 1, max: 1 },
  description:
    'Adds the cluster of a context of your kubeconfig. A service account is made there for the control plane; your own login is not given away.',
  flags,
  examples: [
    { what: 'Add one', line: 'tiphys cluster add staging --label env=test' },
    { what: 'For two namespaces only', line: 'tiphys cluster add staging --namespace shop --namespace web' },
  ],
  async run({ connect, env, err, out, prompter }, { args: [name = ''], flags: values }) {
    const { readContext } = await import('../../kube/kubeconfig.ts');
    const context = await readContext(name, env, values.kubeconfig);
    const question = `WARNING: This will create a service account in the cluster of context '${name}' with full rights${values.namespace.length === 0 ? '' : ' in its namespaces'}. Do you want to continue [y/N]? `;
    if (!values.yes && prompter.isInteractive && !/^y(es)?$/i.test((await prompter.ask(question)).trim()))
      return 0;
    const login = pluginLogin(values) ?? { bearerToken: await tokenOf(context, values, { err }) };
    const server = values['in-cluster'] ? 'https://kubernetes.default.svc' : context.server;
    const body = present({
      server,
      name: values.name ?? name,
      project: values.project,
      namespaces: values.namespace.length === 0 ? undefined : values.namespace,
      clusterResources: values['cluster-resources'],
      shard: values.shard < 0 ? undefined : values.shard,
      labels: values.label.length === 0 ? undefined : pairs(values.label),
      annotations: values.annotation.length === 0 ? undefined : pairs(values.annotation),
      config: { ...login, ...connectionOf(context, values) },
    });
    await (await connect()).clusters.create(body, values.upsert ? { upsert: true } : {});
    out.line(`Cluster '${server}' added`);
    return 0;
  },
});

async function tokenOf(
  context: KubeContext,
  values: Values,
  { err }: { readonly err: Terminal },
): Promise<string> {
  const { managerToken } = await import('../../kube/manager.ts');
  const place = {
    namespace: values['system-namespace'],
    limitedTo: values.namespace,
    account: values['service-account'],
  };
  return managerToken(context, place, err);
}
