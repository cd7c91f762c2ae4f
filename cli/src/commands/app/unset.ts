import { defineCommand, type FlagSet } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editSpec } from './edit-spec.ts';
import { appNamespace } from './flags.ts';
import { changeSource, placeOf, sourceFlags } from './one-source.ts';
import { unsetFlags, withoutFields } from './spec/unset.ts';

const flags = {
  ...unsetFlags,
  ...sourceFlags,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Takes parameters out of a source of an application.',
  flags,
  examples: [
    { what: 'A Helm value and a values file', line: 'tiphys app unset shop -p image.tag --values prod.yaml' },
    {
      what: 'What Kustomize is told beside its files',
      line: 'tiphys app unset shop --namesuffix --kustomize-image nginx',
    },
  ],
  async run(invocation, { args: [name = ''], flags: values, given }) {
    if (!Object.keys(unsetFlags).some((flag) => given.has(flag)))
      throw new Failure('Say what to unset.', { hints: ['tiphys app unset --help shows the options.'] });
    await editSpec(invocation, {
      name,
      namespace: values['app-namespace'],
      validate: false,
      change: (spec, app) => {
        const place = placeOf(app, { position: values['source-position'], name: values['source-name'] });
        return changeSource(spec, place, (before) => withoutFields(before, values));
      },
    });
    return 0;
  },
});
