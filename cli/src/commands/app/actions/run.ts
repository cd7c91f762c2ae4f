import type { JsonObject } from '@tiphys/model';
import { defineCommand } from '../../../program/definition.ts';
import { Failure } from '../../../program/failure.ts';
import { parseAppRef } from '../app-ref.ts';
import { targetFlags } from './flags.ts';
import { actionTargets, chosen } from './targets.ts';

export const command = defineCommand({
  usage: 'APPNAME ACTION',
  args: { min: 2, max: 2 },
  description:
    'Runs an action on an object of an application; on several only with --all. `tiphys app actions list` shows what there is.',
  flags: {
    ...targetFlags,
    all: { kind: 'switch', describe: 'Run it on each object that the flags choose' },
    param: { kind: 'list', describe: 'A parameter of the action, NAME=VALUE', placeholder: 'param' },
  },
  examples: [
    { what: 'Restart a Deployment', line: 'tiphys app actions run shop restart --kind Deployment' },
    {
      what: 'Scale it',
      line: 'tiphys app actions run shop scale --kind Deployment --resource-name web --param replicas=3',
    },
  ],
  async run({ connect }, { args, flags }) {
    const [name = '', action = ''] = args;
    const ref = parseAppRef(name, flags['app-namespace']);
    const resourceActionParameters = flags.param.map(parameterOf);
    const api = await connect();
    const targets = chosen(await actionTargets(api, ref, flags), flags.all);
    for (const target of targets)
      await api.applications.runAction(ref, {
        ...target,
        action,
        ...(resourceActionParameters.length === 0 ? {} : { resourceActionParameters }),
      });
    return 0;
  },
});

function parameterOf(text: string): JsonObject {
  const at = text.indexOf('=');
  if (at < 1) throw new Failure(`'${text}' is no parameter.`, { hints: ['Give it as NAME=VALUE.'] });
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
