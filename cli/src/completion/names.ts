import { readConfig } from '../config/file.ts';
import { configPath } from '../config/path.ts';
import { resolveTarget } from '../config/target.ts';
import { resolveGlobals, type Env } from '../program/globals.ts';
import type { Globals } from '../program/global-flags.ts';
import type { GoStyleCommand } from '../program/go-style-command.ts';

/** Names that the program has to ask for. */
export type NameKind = 'application' | 'project' | 'cluster' | 'context' | 'kube-context';

/** How long a user who pressed the tab key is kept waiting for a server. */
const PATIENCE_MS = 2_000;

/** Names of one kind. None where the server cannot be asked: a completion must not speak of problems. */
export async function namesOf(kind: NameKind, program: GoStyleCommand, env: Env): Promise<readonly string[]> {
  try {
    const globals = resolveGlobals(program, env);
    return kind === 'context' ? await contexts(globals, env) : await withPatience(asked(kind, globals, env));
  } catch {
    return [];
  }
}

async function contexts(globals: Globals, env: Env): Promise<readonly string[]> {
  const config = await readConfig(configPath(globals.config, env));
  return config?.contexts.map(({ name }) => name) ?? [];
}

async function asked(
  kind: Exclude<NameKind, 'context'>,
  globals: Globals,
  env: Env,
): Promise<readonly string[]> {
  if (kind === 'kube-context') {
    const { contextNames } = await import('../kube/kubeconfig.ts');
    return contextNames(env, undefined);
  }
  const { apiOf } = await import('../api/api.ts');
  const api = apiOf(await resolveTarget(globals, env));
  switch (kind) {
    case 'application':
      return (await api.applications.list({})).map(({ metadata }) => metadata.name);
    case 'project':
      return (await api.projects.list()).map(({ metadata }) => metadata.name ?? '');
    case 'cluster':
      return (await api.clusters.list()).map(({ name }) => name ?? '');
  }
}

const withPatience = (names: Promise<readonly string[]>): Promise<readonly string[]> =>
  Promise.race([
    names,
    new Promise<readonly string[]>((resolve) => {
      setTimeout(resolve, PATIENCE_MS, []).unref();
    }),
  ]);
