import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { keyOf } from './spec-flags.ts';

export const command = defineCommand({
  usage: 'PROJECT KEY-ID',
  args: { min: 2, max: 2 },
  description: 'Asks for commits signed with a key. Source integrity takes its place.',
  flags: {},
  examples: [{ what: 'One key', line: 'tiphys proj add-signature-key team-a 0123456789ABCDEF' }],
  async run(invocation, { args: [name = '', key = ''] }) {
    const added = keyOf(key);
    await editProject(invocation, name, (spec) => {
      const keys = spec.signatureKeys ?? [];
      if (keys.some(({ keyID }) => keyID === added.keyID)) {
        throw new Failure('Specified signature key is already defined in project');
      }
      return { ...spec, signatureKeys: [...keys, added] };
    });
    return 0;
  },
});
