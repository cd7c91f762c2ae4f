import { defineCommand } from '../../program/definition.ts';
import { inputOf } from './input.ts';

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

export const command = defineCommand({
  usage: 'SERVERNAME',
  args: { min: 1, max: 1 },
  description: 'Adds the certificates that a server of repositories is to be trusted by.',
  flags: {
    from: {
      kind: 'text',
      describe: 'File in PEM; the standard input where it is not given',
      placeholder: 'path',
    },
    upsert: { kind: 'switch', describe: 'Replace those that differ' },
  },
  examples: [{ what: 'From a file', line: 'tiphys cert add-tls git.example.com --from ca.pem' }],
  async run(invocation, { args: [server = ''], flags }) {
    const { out, connect } = invocation;
    const text = await inputOf(invocation, flags.from, {
      file: 'Reading TLS certificate data in PEM format from',
      typed: 'Enter TLS certificate data in PEM format. Press CTRL-D when finished.',
    });
    const certificates = [...new Set(text.match(PEM) ?? [])];
    if (certificates.length === 0) {
      out.line('No valid certificates have been detected in the stream.');
      return 0;
    }
    const certData = Buffer.from(`${certificates.join('\n')}\n`).toString('base64');
    const items = [{ serverName: server, certType: 'https', certSubType: '', certData }];
    await (await connect()).certificates.create({ items }, flags.upsert ? { upsert: true } : {});
    const count = String(certificates.length);
    out.line(
      `Created/updated TLS certificate entry for repository server ${server} with ${count} unique PEM certificates`,
    );
    return 0;
  },
});
