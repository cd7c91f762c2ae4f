import { clientVersion } from '../../program/client-version.ts';
import { defineCommand } from '../../program/definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { unusedKubeFlags } from '../unused-kube-flags.ts';
import type { ServerVersion } from '../../api/schemas/server.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Shows the versions of the client and of the server.',
  flags: {
    ...unusedKubeFlags,
    client: { kind: 'switch', describe: 'Only the client; no server is asked' },
    short: { kind: 'switch', describe: 'Only the versions' },
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, short, json or yaml' },
  },
  examples: [
    { what: 'Both versions', line: 'tiphys version' },
    { what: 'The version of the client, for a script', line: 'tiphys version --client --short' },
  ],
  async run(invocation, { flags }) {
    const { checkFormat } = await import('../../output/format.ts');
    const format = checkFormat(flags.output, ['wide', 'short', 'json', 'yaml'] as const);
    if (format === 'json' || format === 'yaml') {
      const { formatDocument } = await import('../../output/document.ts');
      const server = flags.client ? {} : { server: await serverVersion(invocation) };
      invocation.out.write(formatDocument({ client, ...server }, format));
      return 0;
    }
    const brief = flags.short || format === 'short';
    invocation.out.write(brief ? `tiphys: ${client.Version}\n` : clientLines());
    if (!flags.client) invocation.out.write(serverLines(await serverVersion(invocation), brief));
    return 0;
  },
});

const client = {
  Version: `v${clientVersion}`,
  NodeVersion: process.version,
  Platform: `${process.platform}/${process.arch}`,
};

const clientLines = (): string =>
  [
    `tiphys: ${client.Version}`,
    `  NodeVersion: ${client.NodeVersion}`,
    `  Platform: ${client.Platform}`,
    '',
  ].join('\n');

async function serverVersion({ connect }: Invocation): Promise<ServerVersion> {
  const api = await connect();
  return api.server.version();
}

const details: readonly (readonly [string, string])[] = [
  ['BuildDate', 'BuildDate'],
  ['GitCommit', 'GitCommit'],
  ['GitTreeState', 'GitTreeState'],
  ['GoVersion', 'GoVersion'],
  ['Compiler', 'Compiler'],
  ['Platform', 'Platform'],
  ['KustomizeVersion', 'Kustomize Version'],
  ['HelmVersion', 'Helm Version'],
  ['KubectlVersion', 'Kubectl Version'],
  ['JsonnetVersion', 'Jsonnet Version'],
];

function serverLines(version: ServerVersion, brief: boolean): string {
  const lines = details
    .map(([key, label]) => [label, version[key]] as const)
    .filter(([, value]) => !brief && typeof value === 'string' && value !== '')
    .map(([label, value]) => `  ${label}: ${String(value)}\n`);
  return `argocd-server: ${version.Version ?? ''}\n${lines.join('')}`;
}
