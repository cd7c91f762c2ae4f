import type { JsonObject } from '@tiphys/model';
import { defineCommand, type FlagSet } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';
import { changeSource, placeOf, sourceFlags } from './one-source.ts';
import { legacyFlags, specFlags } from './spec/flags.ts';
import { readLocalFile } from './spec/local-file.ts';
import { applySpecFlags } from './spec/spec.ts';

const flags = {
  ...specFlags,
  ...sourceFlags,
  ...legacyFlags,
  validate: {
    kind: 'switch',
    default: true,
    describe: 'Let the server check that the sources can be rendered',
  },
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

/** Flags that say how to set, not what. */
const manner = new Set(['app-namespace', 'validate', 'source-position', 'source-name']);

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Changes the spec of an application by flags; what no flag names stays as it is.',
  flags,
  examples: [
    { what: 'Another version', line: 'tiphys app set shop --revision v2.1.0' },
    {
      what: 'A Helm value and a values file',
      line: 'tiphys app set shop -p image.tag=2.1.0 --values prod.yaml',
    },
    {
      what: 'Sync each commit from now on',
      line: 'tiphys app set shop --sync-policy automated --auto-prune --self-heal',
    },
    {
      what: 'The second of several sources',
      line: 'tiphys app set shop --source-position 2 --revision main',
    },
  ],
  async run({ connect }, { args: [name = ''], flags: values, given }) {
    const { applications } = await connect();
    const ref = parseAppRef(name, values['app-namespace']);
    const app = await applications.get(ref);
    const changes = new Set([...given].filter((flag) => !manner.has(flag)));
    if (changes.size === 0)
      throw new Failure('Please set at least one option to update', {
        hints: ['tiphys app set --help shows the options.'],
      });
    const place = placeOf(app, { position: values['source-position'], name: values['source-name'] });
    const file = values['values-literal-file'];
    const literal = file === undefined ? {} : { literalValues: await readLocalFile(file) };
    const spec = changeSource(app.spec as unknown as JsonObject, place, (before) =>
      applySpecFlags(before, { flags: values, given: changes, ...literal }),
    );
    await applications.updateSpec(ref, spec, values.validate);
    return 0;
  },
});
