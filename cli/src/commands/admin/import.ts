import { readFile } from 'node:fs/promises';
import { messageOf } from '@tiphys/model';
import { kubeFlags } from '../../kube/flags.ts';
import { withCluster } from '../../kube/own-cluster.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { readInstallation } from './backup/installation.ts';
import { readBackup } from './backup/read-backup.ts';
import { restore, type RestoreOptions } from './backup/restore.ts';
import { scopeFlags, scopeOf } from './backup/scope.ts';

const toggle = (describe: string) => ({ kind: 'switch', describe }) as const;

export const command = defineCommand({
  usage: 'SOURCE',
  args: { min: 1, max: 1 },
  description:
    'Makes the state of the control plane that of a backup (see export). What is there and not in the backup is named, and deleted with --prune; what applications deployed stays in any case.',
  flags: {
    ...kubeFlags,
    ...scopeFlags,
    'dry-run': toggle('Tell what would be done, and do nothing'),
    prune: toggle(
      'Delete secrets, applications, application sets and projects that the backup does not have',
    ),
    'stop-operation': toggle('Stop operations of applications'),
    'override-on-conflict': toggle('Write again what somebody else writes at the same time'),
    'ignore-tracking': toggle('Leave the tracking marks of objects as they are'),
    'skip-resources-with-label': {
      kind: 'text',
      describe: 'Leave objects with this label alone, KEY=VALUE',
      placeholder: 'label',
    },
    verbose: toggle('Name objects that need no change, too'),
  },
  examples: [
    { what: 'See what would change', line: 'tiphys admin import backup.yaml -n argocd --dry-run' },
    { what: 'From another installation', line: 'tiphys admin export -n old | tiphys admin import - -n new' },
  ],
  async run(invocation, { args: [source = ''], flags }) {
    const { out, now } = invocation;
    const text = await read(invocation, source);
    const start = now();
    const options = {
      dryRun: flags['dry-run'],
      prune: flags.prune,
      stopOperation: flags['stop-operation'],
      ignoreTracking: flags['ignore-tracking'],
      overrideOnConflict: flags['override-on-conflict'],
      verbose: flags.verbose,
      skip: labelIn(flags['skip-resources-with-label']),
    };
    await withCluster(invocation, flags, async (cluster) => {
      const backup = readBackup(text, source === '-' ? 'standard input' : source, cluster.namespace);
      out.line(`import process started ${cluster.namespace}`);
      const state = await readInstallation(cluster, await scopeOf(cluster, flags));
      await restore(backup, state, { api: cluster.api, options, tell: out.line });
      const seconds = (now().getTime() - start.getTime()) / 1_000;
      const at = now()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z');
      out.line(
        `Import process completed successfully in namespace ${cluster.namespace} at ${at}, duration: ${String(seconds)}s`,
      );
    });
    return 0;
  },
});

async function read({ prompter }: Invocation, source: string): Promise<string> {
  if (source === '-') return await prompter.readAll();
  return readFile(source, 'utf8').catch((cause: unknown) => {
    throw new Failure(`The file ${source} cannot be read: ${messageOf(cause)}`, {
      exitCode: exitCodes.general,
      cause,
    });
  });
}

function labelIn(text: string | undefined): RestoreOptions['skip'] {
  if (text === undefined || text === '') return undefined;
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`--skip-resources-with-label ${text}: a label has the form KEY=VALUE.`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}
