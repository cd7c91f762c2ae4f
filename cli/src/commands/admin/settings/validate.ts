import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { checks, type Finding } from './checks.ts';
import { settingsFlags } from './flags.ts';
import { readSettings } from './source.ts';

const names = Object.keys(checks);

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: `Checks settings, a group at a time: ${names.join(', ')}. The exit code is 0 whatever is found.`,
  flags: {
    ...settingsFlags,
    group: { kind: 'list', describe: 'Check this group only', placeholder: 'group' },
  },
  examples: [
    { what: 'Those of a file', line: 'tiphys admin settings validate --argocd-cm-path argocd-cm.yaml' },
    {
      what: 'Those of the cluster',
      line: 'tiphys admin settings validate --load-cluster-settings -n argocd',
    },
  ],
  async run(invocation, { flags }) {
    const unknown = flags.group.find((name) => !names.includes(name));
    if (unknown !== undefined)
      throw new Failure(`There is no group ${unknown}; there are: ${names.join(', ')}.`, {
        exitCode: exitCodes.general,
      });
    const settings = await readSettings(invocation, flags);
    for (const name of flags.group.length > 0 ? flags.group : names) {
      const finding = checks[name]?.(settings);
      if (finding !== undefined) tell(invocation, name, finding);
    }
    return 0;
  },
});

function tell({ out, globals, now }: Invocation, name: string, { isGood, summary, warnings }: Finding): void {
  out.line(`${isGood ? '✅' : '❌'} ${name}`);
  out.line(summary);
  for (const msg of warnings)
    out.line(
      globals.logformat === 'json'
        ? JSON.stringify({ level: 'warning', msg, time: now().toISOString() })
        : `${out.paint('Warning:', 'yellow')} ${msg}`,
    );
  out.line();
}
