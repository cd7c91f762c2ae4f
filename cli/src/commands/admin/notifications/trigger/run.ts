import type { JsonObject } from '@tiphys/model';
import type { Condition, NotificationConfig } from '@tiphys/notify-rules';
import { formatTable } from '../../../../output/table.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { notificationFlags } from '../flags.ts';
import { readNotifications } from '../settings.ts';
import { readApplication, withGo } from '../subject.ts';

export const command = defineCommand({
  usage: 'NAME RESOURCE_NAME',
  args: { min: 2, max: 2 },
  description: 'Says which conditions of a trigger hold for an application, of a file or of the cluster.',
  flags: notificationFlags,
  examples: [
    {
      what: 'By the settings in use',
      line: 'tiphys admin notifications trigger run on-sync-failed shop -n argocd',
    },
    {
      what: 'By a file',
      line: 'tiphys admin notifications trigger run on-sync-failed app.yaml --config-map cm.yaml --secret :empty',
    },
  ],
  async run(invocation, { args: [name = '', resource = ''], flags }) {
    const { config, context, secrets } = await readNotifications(invocation, flags);
    const conditions = conditionsOf(config, name);
    const app = await readApplication(invocation, flags, resource);
    const variables = {
      app,
      context: { notificationType: '', ...context },
      secrets: Object.fromEntries(secrets),
    };
    const rows = await evaluated(conditions, variables);
    for (const { problem } of rows)
      if (problem !== undefined)
        invocation.err.line(`${invocation.err.paint('Warning:', 'yellow')} ${problem}`);
    invocation.out.write(
      formatTable([['CONDITION', 'RESULT'], ...rows.map(({ when, holds }) => [when, String(holds)])]),
    );
    return 0;
  },
});

function conditionsOf({ triggers }: NotificationConfig, name: string): readonly Condition[] {
  const conditions = triggers.get(name);
  if (conditions !== undefined) return conditions;
  const known = [...triggers.keys()].sort().join(', ');
  throw new Failure(`The trigger ${name} is not configured.`, {
    exitCode: exitCodes.general,
    hints: known === '' ? [] : [`There are: ${known}.`],
  });
}

interface Row {
  readonly when: string;
  readonly holds: boolean;
  readonly problem: string | undefined;
}

async function evaluated(conditions: readonly Condition[], variables: JsonObject): Promise<readonly Row[]> {
  const expressions = conditions.map(({ when }) => when);
  const results = await withGo((go) => go.evaluateAll(expressions, variables, 'notifications'));
  return expressions.map((when, index) => {
    const result = results[index];
    if (result?.ok === true) return { when, holds: result.value.value === true, problem: undefined };
    return { when, holds: false, problem: `${when}: ${result?.message ?? 'no answer'}` };
  });
}
