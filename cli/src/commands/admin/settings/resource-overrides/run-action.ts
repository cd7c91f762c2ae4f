import { builtInAction, impactsOfScript, patchBetween, type Impact } from '@tiphys/actions';
import { asJson, groupOf, refOf, keyOf } from '@tiphys/model';
import { applyJsonMergePatch } from '@tiphys/merge';
import { actionScriptsOf } from '@tiphys/settings';
import { formatDocument } from '../../../../output/document.ts';
import { formatTextDiff } from '../../../../output/text-diff.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { parseMap } from '../../../app/spec/pairs.ts';
import { settingsFlags } from '../flags.ts';
import { withLua } from './lua.ts';
import { readSubject, type Subject } from './subject.ts';

interface Run {
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
  readonly now: Date;
}

export const command = defineCommand({
  usage: 'RESOURCE_YAML_PATH ACTION',
  args: { min: 2, max: 2 },
  description: 'Shows what an action would change of an object. Nothing is written.',
  flags: {
    ...settingsFlags,
    param: { kind: 'list', describe: 'Parameter of the action, NAME=VALUE', placeholder: 'parameter' },
  },
  examples: [
    {
      what: 'A built-in action',
      line: 'tiphys admin settings resource-overrides run-action deployment.yaml restart --argocd-cm-path argocd-cm.yaml',
    },
  ],
  async run({ out, ...invocation }, { args: [path = '', action = ''], flags }) {
    const subject = await readSubject({ out, ...invocation }, flags, path);
    const params = parseMap(flags.param, 'param') as Record<string, string>;
    const impacts = await impactsOf(subject, { action, params, now: invocation.now() });
    const own = keyOf(refOf(subject.object));
    for (const { operation, object } of impacts) {
      if (operation === 'create' || keyOf(refOf(object)) !== own) {
        out.line('Following resource would be created:\n');
        out.write(formatDocument(object, 'yaml'));
        continue;
      }
      const diff = formatTextDiff(...texts(subject, object), { format: 'normal', paint: out.paint });
      out.line(
        diff === ''
          ? `No fields had been changed by action: \n${action}`
          : 'Following fields have been changed:\n',
      );
      out.write(diff);
    }
    return 0;
  },
});

/** Before and after; what only comes from a detour through Lua is no change. */
function texts({ object }: Subject, after: Impact['object']): readonly [string, string] {
  const before = asJson(object);
  const patch = patchBetween(before, asJson(after));
  const changed = patch === undefined ? before : applyJsonMergePatch(before, patch);
  return [formatDocument(before, 'yaml'), formatDocument(changed, 'yaml')];
}

async function impactsOf({ object, settings }: Subject, run: Run): Promise<readonly Impact[]> {
  const { action, params, now } = run;
  const kind = { group: groupOf(object.apiVersion), kind: object.kind };
  const scripts = actionScriptsOf(settings.scripts, kind);
  const script = scripts?.definitions.find(({ name }) => name === action)?.script;
  if (scripts !== undefined && script !== undefined) {
    const { openLibs } = scripts;
    const [outcome] = await withLua((lua) => lua.run([{ script, openLibs, object, params }]));
    if (outcome?.type === 'value') return impactsOfScript(outcome);
    throw new Failure(`The script of the action ${action} failed: ${outcome?.message ?? 'no answer'}`, {
      exitCode: exitCodes.general,
    });
  }
  const rule = builtInAction(object, action);
  if (rule === undefined)
    throw new Failure('built-in script does not exist', {
      exitCode: exitCodes.general,
      hints: [`Neither the settings nor the kind ${kind.kind} have an action ${action}.`],
    });
  return rule.run(asJson(object), { now, params });
}
