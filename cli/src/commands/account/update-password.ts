import { readConfig, writeConfig } from '../../config/file.ts';
import { resolveContext, withLogin } from '../../config/contexts.ts';
import { configPath } from '../../config/path.ts';
import type { Api } from '../../api/api.ts';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description:
    'Sets the password of an account. All older sessions and tokens of the account end; your own session is renewed.',
  flags: {
    account: { kind: 'text', describe: 'Name of the account (default: your own)' },
    'current-password': { kind: 'text', describe: 'Your own password, whoever the account belongs to' },
    'new-password': { kind: 'text', describe: 'The new password' },
  },
  examples: [
    { what: 'The own password, asked for', line: 'tiphys account update-password' },
    { what: 'That of somebody else', line: 'tiphys account update-password --account alice' },
  ],
  async run(invocation, { flags }) {
    const { connect, out, prompter } = invocation;
    const api = await connect();
    const { username, iss } = await api.accounts.userInfo();
    const name = flags.account ?? username ?? '';
    const isLocal = iss === 'argocd';
    const ask = (): Promise<string> =>
      prompter.askSecret(`*** Enter password of currently logged in user (${username ?? ''}): `);
    const currentPassword = flags['current-password'] ?? (isLocal ? await ask() : '');
    const newPassword = flags['new-password'] ?? (await twice(invocation, name));
    await api.accounts.updatePassword({ name, currentPassword, newPassword });
    out.line('Password updated');
    if (isLocal && name === username) await renewSession(invocation, api, { name, password: newPassword });
    return 0;
  },
});

async function twice({ prompter }: Invocation, name: string): Promise<string> {
  const first = await prompter.askSecret(`*** Enter new password for user ${name}: `);
  const second = await prompter.askSecret(`*** Confirm new password for user ${name}: `);
  if (first === second) return first;
  throw new Failure('The two passwords differ.', { exitCode: exitCodes.general });
}

/** The old session ended with the old password. */
async function renewSession(
  { globals, env, out }: Invocation,
  api: Api,
  { name, password }: { readonly name: string; readonly password: string },
): Promise<void> {
  const path = configPath(globals.config, env);
  const config = await readConfig(path);
  const context = config && resolveContext(config, globals['argocd-context']);
  if (config === undefined || context === undefined) return;
  const token = await api.server.createSession(name, password);
  await writeConfig(path, withLogin(config, { context: context.name, server: context.server, token }));
  out.line(`Context '${context.name}' updated`);
}
