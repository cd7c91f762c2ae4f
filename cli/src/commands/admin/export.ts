import { writeFile } from 'node:fs/promises';
import { messageOf } from '@tiphys/model';
import { kubeFlags } from '../../kube/flags.ts';
import { withCluster } from '../../kube/own-cluster.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { documentOf, streamOf } from './backup/document.ts';
import { readInstallation } from './backup/installation.ts';
import { scopeFlags, scopeOf } from './backup/scope.ts';

const PRIVATE = 0o600;

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description:
    'Prints all of the state of the control plane as YAML: settings, secrets, projects, applications and application sets. It holds every credential in clear: keep it as you keep those.',
  flags: {
    ...kubeFlags,
    ...scopeFlags,
    out: {
      kind: 'text',
      short: 'o',
      default: '-',
      placeholder: 'file',
      describe: 'File to write, readable by you alone; - for standard output',
    },
  },
  examples: [
    { what: 'Into a file', line: 'tiphys admin export -n argocd -o backup.yaml' },
    {
      what: 'With the applications of teams',
      line: "tiphys admin export -n argocd --application-namespaces 'team-*'",
    },
  ],
  async run(invocation, { flags }) {
    const text = await withCluster(invocation, flags, async (cluster) => {
      const state = await readInstallation(cluster, await scopeOf(cluster, flags));
      return streamOf(state.map(({ object }) => documentOf(object, cluster.namespace)));
    });
    if (flags.out === '-') invocation.out.write(text);
    else await write(flags.out, text);
    return 0;
  },
});

const write = (file: string, text: string): Promise<void> =>
  writeFile(file, text, { mode: PRIVATE }).catch((cause: unknown) => {
    throw new Failure(`The file ${file} cannot be written: ${messageOf(cause)}`, {
      exitCode: exitCodes.general,
      cause,
    });
  });
