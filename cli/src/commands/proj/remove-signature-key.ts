import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { editProject } from './edit-project.ts';
import { keyOf } from './spec-flags.ts';

export const command = defineCommand({
  usage: 'PROJECT KEY-ID',
  args: { min: 2, max: 2 },
  description: 'Asks for commits signed with a key no longer. Source integrity takes its place.',
  flags: {},
  examples: [{ what: 'One key', line: 'tiphys proj remove-signature-key team-a 0123456789ABCDEF' }],
  async run(invocation, { args: [name = '', key = ''] }) {
    const removed = keyOf(key);
    await editProject(invocation, name, (spec) => {
      const keys = spec.signatureKeys ?? [];
      const kept = keys.filter(({ keyID }) => keyID !== removed.keyID);
      if (kept.length === keys.length)
        throw new Failure('Specified signature key is not configured for project');
      return { ...spec, signatureKeys: kept };
    });
    return 0;
  },
});
