import { arrayAt } from '@tiphys/model';
import { exitCodes, Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { inputOf } from './input.ts';

export const command = defineCommand({
  usage: '--batch',
  args: { min: 0, max: 0 },
  description: 'Adds ssh host keys of servers, in the form of a known_hosts file.',
  flags: {
    batch: { kind: 'switch', describe: 'Add all that is read' },
    from: { kind: 'text', describe: 'File; the standard input where it is not given', placeholder: 'path' },
    upsert: { kind: 'switch', describe: 'Replace keys that differ' },
  },
  examples: [
    {
      what: 'What a server says of itself',
      line: 'ssh-keyscan git.example.com | tiphys cert add-ssh --batch',
    },
  ],
  async run(invocation, { flags }) {
    const { out, connect } = invocation;
    if (!flags.batch) throw new Failure('Give --batch: keys are added as they are read.');
    const text = await inputOf(invocation, flags.from, {
      file: 'Reading SSH known hosts entries from file',
      typed: 'Enter SSH known hosts entries, one per line. Press CTRL-D when finished.',
    });
    const items = text.split('\n').flatMap(entriesOf);
    if (items.length === 0)
      throw new Failure('No valid SSH known hosts data found.', { exitCode: exitCodes.general });
    const answer = await (
      await connect()
    ).certificates.create({ items }, flags.upsert ? { upsert: true } : {});
    out.line(`Successfully created ${String(arrayAt(answer, 'items').length)} SSH known host entries`);
    return 0;
  },
});

function entriesOf(line: string): readonly { readonly [key: string]: string }[] {
  const [hosts = '', type = '', key = ''] = line.trim().split(/\s+/);
  if (hosts === '' || hosts.startsWith('#') || hosts.startsWith('@') || key === '') return [];
  return hosts.split(',').map((host) => ({
    serverName: host,
    certType: 'ssh',
    certSubType: type,
    certData: Buffer.from(key).toString('base64'),
  }));
}
