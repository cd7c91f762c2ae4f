import { messageOf } from '@tiphys/model';
import { apiOf } from '../../api/api.ts';
import { withoutTokens } from '../../config/contexts.ts';
import { readConfig, writeConfig } from '../../config/file.ts';
import { configPath } from '../../config/path.ts';
import { resolveTarget } from '../../config/target.ts';
import { defineCommand } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';

export const command = defineCommand({
  usage: 'CONTEXT',
  args: { min: 1, max: 1 },
  description: 'Ends the session of a context on its server and forgets its token.',
  flags: {},
  examples: [{ what: 'Log out', line: 'tiphys logout argocd.example.com' }],
  async run(invocation, { args }) {
    const { globals, env, out } = invocation;
    const [context = ''] = args;
    const path = configPath(globals.config, env);
    const config = await readConfig(path);
    if (config === undefined) throw new Failure(`There is no configuration at ${path}: nobody is logged in.`);
    const next = withoutTokens(config, context);
    await revoke(invocation, context);
    await writeConfig(path, next);
    out.line(`Logged out from '${context}'`);
    return 0;
  },
});

/** A server that is away must not keep a token in the configuration; the user is told that it still counts there. */
async function revoke({ globals, env, err }: Invocation, context: string): Promise<void> {
  const scope = { ...globals, server: undefined, 'auth-token': undefined, 'argocd-context': context };
  const target = await resolveTarget(scope, env);
  if (target.token === undefined) return;
  try {
    if (await apiOf(target).server.revokeSession()) return;
    err.line(`Warning: ${target.server} did not end the session; the token is valid there until it expires.`);
  } catch (error) {
    err.line(`Warning: the session could not be ended on the server: ${messageOf(error)}`);
  }
}
