import { isJsonObject, type JsonValue } from '@tiphys/model';
import { defineCommand, type FlagSet } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import { editSpec } from './edit-spec.ts';
import { appNamespace } from './flags.ts';
import { legacyFlags, specFlags } from './spec/flags.ts';
import { readLocalFile } from './spec/local-file.ts';
import { applySpecFlags } from './spec/spec.ts';

const flags = {
  ...specFlags,
  ...legacyFlags,
  validate: {
    kind: 'switch',
    default: true,
    describe: 'Let the server check that the sources can be rendered',
  },
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Adds a source behind those that an application with several sources has.',
  flags,
  examples: [
    {
      what: 'A folder of another repository',
      line: 'tiphys app add-source shop --repo https://git.example.com/extras.git --path monitoring --source-name extras',
    },
  ],
  async run(invocation, { args: [name = ''], flags: values, given }) {
    if (given.size === 0)
      throw new Failure('Say what the source is.', {
        hints: ['It needs --repo, and --path or --helm-chart.'],
      });
    const file = values['values-literal-file'];
    const literal = file === undefined ? {} : { literalValues: await readLocalFile(file) };
    await editSpec(invocation, {
      name,
      namespace: values['app-namespace'],
      validate: values.validate,
      change: (spec, { metadata }) => {
        const { sources, ...rest } = spec;
        if (!Array.isArray(sources) || sources.length === 0)
          throw new Failure(
            `Cannot add source: application ${metadata.name} does not have spec.sources defined`,
            { exitCode: exitCodes.general, hints: ['tiphys app edit turns its source into a list.'] },
          );
        const { source, ...others } = applySpecFlags(rest, { flags: values, given, ...literal });
        return {
          ...others,
          sources: [...(sources as readonly JsonValue[]), isJsonObject(source) ? source : {}],
        };
      },
    });
    invocation.out.line(`Application '${name}' updated successfully`);
    return 0;
  },
});
