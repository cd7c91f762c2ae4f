import type { JsonValue } from '@tiphys/model';
import { defineCommand, type FlagSet } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { editSpec } from './edit-spec.ts';
import { appNamespace } from './flags.ts';
import type { App } from '../../api/schemas/application.ts';

const flags = {
  'source-position': { kind: 'integer', default: -1, describe: 'The source to remove, counted from 1' },
  'source-name': { kind: 'text', describe: 'The source to remove, by its name' },
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Removes one of the sources of an application; the last one stays.',
  flags,
  examples: [
    { what: 'By its place', line: 'tiphys app remove-source shop --source-position 2' },
    { what: 'By its name', line: 'tiphys app remove-source shop --source-name extras' },
  ],
  async run(invocation, { args: [name = ''], flags: values }) {
    await editSpec(invocation, {
      name,
      namespace: values['app-namespace'],
      validate: true,
      change: (spec, app) => {
        const place = placeToRemove(app, values['source-name'], values['source-position']);
        return { ...spec, sources: (spec['sources'] as readonly JsonValue[]).toSpliced(place, 1) };
      },
    });
    invocation.out.line(`Application '${name}' updated successfully`);
    return 0;
  },
});

const refused = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

function placeToRemove({ spec, metadata }: App, name: string | undefined, position: number): number {
  const sources = spec.sources ?? [];
  if (name !== undefined && position !== -1)
    throw refused('Only one of source-position and source-name can be specified.');
  if (name === undefined && position <= 0) throw refused('Value of source-position must be greater than 0');
  if (sources.length === 0) throw refused(`Application ${metadata.name} does not have spec.sources defined`);
  if (sources.length === 1)
    throw refused(`Only one source remaining in app ${metadata.name}; cannot remove it`);
  const place = name === undefined ? position - 1 : sources.findIndex((source) => source.name === name);
  if (place < 0) throw refused(`Unknown source name '${name ?? ''}'`);
  if (place >= sources.length) throw refused(`Application does not have source at ${String(position)}`);
  return place;
}
