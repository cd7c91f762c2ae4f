import { resolveContext } from '../config/contexts.ts';
import { readConfig } from '../config/file.ts';
import { configPath } from '../config/path.ts';
import { resolveTarget } from '../config/target.ts';
import { withLiveToken } from '../sso/refresh.ts';
import type { Invocation } from '../program/invocation.ts';
import { apiOf, type Api } from './api.ts';

type Parts = Pick<Invocation, 'globals' | 'env' | 'err' | 'endings' | 'now'>;

/** The name under which a configuration holds a server that is reached by port-forward. */
export const FORWARDED = 'port-forward';

/** The API of the server that flags, environment and configuration name, by the way that they name. */
export async function connect(parts: Parts): Promise<Api> {
  const { globals, env } = parts;
  if (globals.core || (await isCoreContext(parts))) {
    const { coreTarget } = await import('../core/connect-core.ts');
    return apiOf(await coreTarget(parts));
  }
  if (!isForwarded(parts)) return apiOf(await withLiveToken(await resolveTarget(globals, env), parts));
  const { forwardedTarget } = await import('../core/connect-forwarded.ts');
  const target = await resolveTarget({ ...globals, server: globals.server ?? FORWARDED }, env);
  return apiOf(await withLiveToken(await forwardedTarget(target, parts), parts));
}

/** Whether the server is to be reached by a port-forward. */
export const isForwarded = ({ globals }: Pick<Parts, 'globals'>): boolean =>
  globals['port-forward'] || (globals['port-forward-namespace'] ?? '') !== '';

async function isCoreContext({ globals, env }: Parts): Promise<boolean> {
  if (globals.server !== undefined || isForwarded({ globals })) return false;
  const config = await readConfig(configPath(globals.config, env));
  return config !== undefined && resolveContext(config, globals['argocd-context'])?.server.core === true;
}
