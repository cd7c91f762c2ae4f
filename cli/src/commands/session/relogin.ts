import { apiOf } from '../../api/api.ts';
import { isForwarded } from '../../api/connect.ts';
import { resolveContext, withLogin } from '../../config/contexts.ts';
import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import { resolveTarget, type Target } from '../../config/target.ts';
import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { logInBySso, ssoFlags, type SsoSession } from '../../sso/log-in.ts';
import { isLocal, subjectOf } from './subject.ts';

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Logs in again to the server of the context, as the same user and in the same way.',
  flags: {
    password: { kind: 'text', describe: 'Password of a local account' },
    ...ssoFlags,
  },
  examples: [
    { what: 'Log in again', line: 'tiphys relogin' },
    { what: 'Log in again without being asked', line: 'tiphys relogin --password "$PASSWORD"' },
  ],
  async run(invocation, { flags }) {
    const { globals, env, out, prompter } = invocation;
    const path = configPath(globals.config, env);
    const config = await readConfig(path);
    const context = config && resolveContext(config, globals['argocd-context']);
    if (config === undefined || context === undefined) throw notLoggedIn();
    const old = context.user['auth-token'] ?? '';
    if (old === '') throw notLoggedIn();
    const { token: _old, ...target } = await resolveTarget(globals, env);
    const api = apiOf(isForwarded(invocation) ? await throughForward(target, invocation) : target);
    let session: SsoSession;
    if (isLocal(old)) {
      const subject = subjectOf(old) ?? '';
      out.line(`Relogging in as '${subject}'`);
      const password = flags.password ?? (await prompter.askSecret('Password: '));
      const username = subject.replace(/:(login|apiKey)$/, '');
      session = { token: await api.server.createSession(username, password), refreshToken: undefined };
    } else {
      out.line('Reinitiating SSO login');
      session = await logInBySso(api, flags, invocation);
    }
    const next = withLogin(config, { context: context.name, server: context.server, ...session });
    await writeConfig(path, { ...next, 'current-context': config['current-context'] });
    out.line(`Context '${context.name}' updated`);
    return 0;
  },
});

async function throughForward(target: Target, invocation: Invocation): Promise<Target> {
  const { forwardedTarget } = await import('../../core/connect-forwarded.ts');
  return forwardedTarget(target, invocation);
}

const notLoggedIn = (): Failure =>
  new Failure('Nobody is logged in to this context.', { hints: ['tiphys login SERVER logs in.'] });
