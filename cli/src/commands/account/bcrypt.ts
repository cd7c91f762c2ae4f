import { defineCommand } from '../../program/definition.ts';

const COST = 10;

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Prints the hash of a password as the secret argocd-secret holds it.',
  flags: { password: { kind: 'text', describe: 'The password (default: it is asked for)' } },
  examples: [{ what: 'The hash of a password', line: 'tiphys account bcrypt --password "$PASSWORD"' }],
  async run({ out, prompter }, { flags }) {
    const password = flags.password ?? (await prompter.askSecret('Password: '));
    const { hash } = await import('bcryptjs');
    out.write((await hash(password, COST)).replace(/^\$2[by]\$/, '$2a$'));
    return 0;
  },
});
