import { Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { printList } from '../declared-output.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the certificates and host keys that servers of repositories are known by.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' },
    'cert-type': { kind: 'text', describe: 'Only ssh or https' },
    'hostname-pattern': {
      kind: 'text',
      describe: 'Only servers whose name matches, such as `git*.example.com`',
    },
    sort: { kind: 'text', describe: 'Order: hostname or type' },
  },
  examples: [
    {
      what: 'The host keys of a server',
      line: 'tiphys cert list --cert-type ssh --hostname-pattern github.com',
    },
  ],
  async run({ connect, out }, { flags }) {
    const type = flags['cert-type'] ?? '';
    if (type !== '' && type !== 'ssh' && type !== 'https')
      throw new Failure('cert-type must be either ssh or https');
    const query = { certType: flags['cert-type'], hostNamePattern: flags['hostname-pattern'] };
    const found = [...(await (await connect()).certificates.list(query))];
    const key = flags.sort === 'type' ? 'certType' : 'serverName';
    if (flags.sort !== undefined) found.sort((a, b) => ((a[key] ?? '') < (b[key] ?? '') ? -1 : 1));
    printList(out, flags.output, found, {
      header: ['HOSTNAME', 'TYPE', 'SUBTYPE', 'INFO'],
      row: (one) => [one.serverName, one.certType ?? '', one.certSubType ?? '', one.certInfo ?? ''],
    });
    return 0;
  },
});
