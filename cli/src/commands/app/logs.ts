import { ApiError } from '../../api/api-error.ts';
import { followLogs } from '../../api/logs.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description:
    'Shows the logs of the pods of an application, those of several pods in the order of their times.',
  flags: {
    group: { kind: 'text', describe: 'Only pods of objects of this API group' },
    kind: { kind: 'text', describe: 'Only pods of objects of this kind' },
    namespace: { kind: 'text', describe: 'Only pods of objects in this namespace' },
    name: { kind: 'text', describe: 'Only pods of the object of this name' },
    container: { kind: 'text', short: 'c', describe: 'The container' },
    follow: { kind: 'switch', short: 'f', describe: 'Go on with what is written from now on' },
    previous: { kind: 'switch', short: 'p', describe: 'Of the containers before their last restart' },
    tail: { kind: 'integer', default: 0, describe: 'Only so many last lines of each pod; 0 for all' },
    'since-seconds': {
      kind: 'integer',
      default: 0,
      describe: 'Only lines of so many last seconds; 0 for all',
    },
    'until-time': { kind: 'text', describe: 'Only lines until this time, such as 2026-01-31T12:00:00Z' },
    filter: { kind: 'text', describe: 'Only lines that hold this text; after a ! those that do not' },
    'match-case': { kind: 'switch', short: 'm', describe: 'Heed the case of the filter' },
    'app-namespace': appNamespace,
  },
  examples: [
    { what: 'All pods', line: 'tiphys app logs shop' },
    {
      what: 'Those of one Deployment, as they are written',
      line: 'tiphys app logs shop --kind Deployment --name web -f',
    },
    { what: 'Errors', line: 'tiphys app logs shop --filter error' },
  ],
  async run({ connect, out }, { args: [name = ''], flags }) {
    const ref = parseAppRef(name, flags['app-namespace']);
    const number = (value: number): string | undefined => (value > 0 ? String(value) : undefined);
    const query = {
      group: flags.group,
      kind: flags.kind,
      namespace: flags.namespace,
      resourceName: flags.name,
      container: flags.container,
      follow: flags.follow,
      previous: flags.previous,
      tailLines: number(flags.tail),
      sinceSeconds: number(flags['since-seconds']),
      untilTime: flags['until-time'],
      filter: flags.filter,
      matchCase: flags['match-case'],
    };
    const api = await connect();
    try {
      for await (const { content } of followLogs(api.objects, ref, query)) out.line(content ?? '');
    } catch (error) {
      throw error instanceof ApiError ? unreadable(error) : error;
    }
    return 0;
  },
});

/** In the words that scripts look for. */
const unreadable = (error: ApiError): Failure =>
  new Failure(`stream read failed: rpc error: code = ${error.codeName} desc = ${error.detail}`, {
    exitCode: exitCodes.failed,
    hints: error.hints,
    cause: error,
  });
