import { endingHealthOf, healthOfScript, statusHealthOf } from '@tiphys/health';
import { groupOf, type HealthStatus } from '@tiphys/model';
import { healthScriptOf } from '@tiphys/settings';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { settingsFlags } from '../flags.ts';
import { withLua } from './lua.ts';
import { readSubject, type Subject } from './subject.ts';

export const command = defineCommand({
  usage: 'RESOURCE_YAML_PATH',
  args: { min: 1, max: 1 },
  description: 'Says how an object is, by the script of the settings or the rule that its kind has.',
  flags: settingsFlags,
  examples: [
    {
      what: 'By the settings of a file',
      line: 'tiphys admin settings resource-overrides health widget.yaml --argocd-cm-path argocd-cm.yaml',
    },
  ],
  async run(invocation, { args: [path = ''], flags }) {
    const subject = await readSubject(invocation, flags, path);
    const health = await healthOf(subject);
    if (health === undefined) {
      invocation.out.line(`Health script is not configured for '${subject.kind}'`);
      return 0;
    }
    invocation.out.line(`STATUS: ${health.status}`);
    invocation.out.line(`MESSAGE: ${health.message ?? ''}`);
    return 0;
  },
});

async function healthOf({ object, settings }: Subject): Promise<HealthStatus | undefined> {
  const kind = { group: groupOf(object.apiVersion), kind: object.kind };
  const script = healthScriptOf(settings.scripts, kind);
  const ending = endingHealthOf(object);
  if (ending !== undefined || script === undefined) return ending ?? statusHealthOf(object);
  const [outcome] = await withLua((lua) => lua.run([{ ...script, object }]));
  if (outcome?.type === 'value') return healthOfScript(outcome);
  throw new Failure(`The health script of ${kind.kind} failed: ${outcome?.message ?? 'it gave no answer'}`, {
    exitCode: exitCodes.general,
  });
}
