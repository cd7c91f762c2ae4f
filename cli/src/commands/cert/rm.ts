import { defineCommand } from '../../program/definition.ts';

export const command = defineCommand({
  usage: 'REPOSERVER',
  args: { min: 1, max: 1 },
  description: 'Removes what servers are known by; the name may be a pattern such as `*.example.com`.',
  flags: {
    'cert-type': { kind: 'text', describe: 'Only ssh or https' },
    'cert-sub-type': { kind: 'text', describe: 'Only host keys of this type, such as ssh-ed25519' },
  },
  examples: [
    { what: 'Forget the certificate of a server', line: 'tiphys cert rm git.example.com --cert-type https' },
  ],
  confirm: ([server]) => `Remove what ${server ?? ''} is known by`,
  async run({ connect, out }, { args: [server = ''], flags }) {
    const removed = await (
      await connect()
    ).certificates.removeWhere({
      hostNamePattern: server,
      certType: flags['cert-type'],
      certSubType: flags['cert-sub-type'],
    });
    for (const one of removed) {
      const [type, subType] = [one.certType ?? '', one.certSubType ?? ''];
      out.line(`Removed cert for '${one.serverName}' of type '${type}' (subtype '${subType}')`);
    }
    if (removed.length === 0) out.line('No certificates were removed (none matched the given pattern)');
    return 0;
  },
});
