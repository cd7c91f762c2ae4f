import { actionsOfScript, builtInActions, mergedActions, sortedActions } from '@tiphys/actions';
import { groupOf } from '@tiphys/model';
import { actionScriptsOf } from '@tiphys/settings';
import { formatTable } from '../../../../output/table.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { settingsFlags } from '../flags.ts';
import { withLua } from './lua.ts';
import { nothingConfigured, readSubject } from './subject.ts';

export const command = defineCommand({
  usage: 'RESOURCE_YAML_PATH',
  args: { min: 1, max: 1 },
  description: 'Lists what the scripts of the settings offer to do to an object.',
  flags: settingsFlags,
  examples: [
    {
      what: 'By the settings of a file',
      line: 'tiphys admin settings resource-overrides list-actions widget.yaml --argocd-cm-path argocd-cm.yaml',
    },
  ],
  async run(invocation, { args: [path = ''], flags }) {
    const { out } = invocation;
    const subject = await readSubject(invocation, flags, path);
    const { object, settings } = subject;
    const scripts = actionScriptsOf(settings.scripts, {
      group: groupOf(object.apiVersion),
      kind: object.kind,
    });
    if (scripts === undefined) {
      out.line(nothingConfigured('Actions', subject));
      return 0;
    }
    const { discovery: script, openLibs } = scripts;
    const [outcome] = await withLua((lua) => lua.run([{ script, openLibs, object }]));
    if (outcome?.type !== 'value')
      throw new Failure(`The discovery script of ${object.kind} failed: ${outcome?.message ?? 'no answer'}`, {
        exitCode: exitCodes.general,
      });
    const own = actionsOfScript(outcome);
    const all = scripts.mergeBuiltinActions ? mergedActions(own, builtInActions(object)) : own;
    const rows = sortedActions(all).map(({ name, disabled }) => [name, String(disabled === true)]);
    out.write(formatTable([['NAME', 'DISABLED'], ...rows]));
    return 0;
  },
});
