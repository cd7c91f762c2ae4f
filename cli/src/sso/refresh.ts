import { apiOf } from '../api/api.ts';
import { resolveContext, withLogin } from '../config/contexts.ts';
import { readConfig, writeConfig } from '../config/file.ts';
import { configPath } from '../config/path.ts';
import type { Target } from '../config/target.ts';
import { claimsIn } from '../commands/session/subject.ts';
import type { Invocation } from '../program/invocation.ts';

/**
 * The target with a token that is alive: where that of the context has ended and the context holds a refresh token, a new
 * one is got and remembered.
 */
export async function withLiveToken(
  target: Target,
  { globals, env, now }: Pick<Invocation, 'globals' | 'env' | 'now'>,
): Promise<Target> {
  const { token } = target;
  if (token === undefined || globals['auth-token'] !== undefined || !hasEnded(token, now())) return target;
  const path = configPath(globals.config, env);
  const config = await readConfig(path);
  const context = config && resolveContext(config, globals['argocd-context']);
  const refreshToken = context?.user['refresh-token'] ?? '';
  if (config === undefined || context?.user['auth-token'] !== token || refreshToken === '') return target;
  const { token: _ended, ...anonymous } = target;
  const { refreshSession } = await import('./log-in.ts');
  const session = await refreshSession(apiOf(anonymous), refreshToken);
  const { server, name } = context;
  const next = withLogin(config, { context: name, server, ...session });
  await writeConfig(path, { ...next, 'current-context': config['current-context'] });
  return { ...target, token: session.token };
}

const hasEnded = (token: string, now: Date): boolean => {
  const { exp } = claimsIn(token) ?? {};
  return typeof exp === 'number' && exp * 1_000 <= now.getTime();
};
