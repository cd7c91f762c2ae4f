import { formatDocument } from '../../output/document.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';
import { needed } from './object-flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Patches an application and shows it.',
  flags: {
    patch: { kind: 'text', describe: 'The patch (needed)' },
    type: { kind: 'text', default: 'json', describe: 'Type of the patch: json or merge' },
    'app-namespace': appNamespace,
  },
  examples: [
    {
      what: 'Change the path',
      line: `tiphys app patch shop --type merge --patch '{"spec":{"source":{"path":"new"}}}'`,
    },
  ],
  async run({ connect, out }, { args: [name = ''], flags }) {
    needed(flags, 'patch');
    const ref = parseAppRef(name, flags['app-namespace']);
    const api = await connect();
    const app = await api.objects.patchApplication(ref, flags.patch ?? '', flags.type);
    out.line(formatDocument(app, 'yaml'));
    return 0;
  },
});
