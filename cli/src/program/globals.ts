import { addFlags, givenFlags, readFlags } from './flags.ts';
import { globalFlags, type Globals } from './global-flags.ts';
import { GoStyleCommand } from './go-style-command.ts';
import { splitWords } from './words.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The first of `TIPHYS_<name>` and `ARGOCD_<name>` that is set and not empty. */
export function environmentValue(env: Env, name: string): string | undefined {
  return [env[`TIPHYS_${name}`], env[`ARGOCD_${name}`]].find((value) => value !== undefined && value !== '');
}

/** Global flags: the command line wins over the options variable, which wins over the other variables. */
export function resolveGlobals(program: GoStyleCommand, env: Env): Globals {
  const line = readFlags(program, globalFlags);
  const given = givenFlags(program, globalFlags);
  const options = optionsOf(env);
  const names = Object.keys(globalFlags) as (keyof Globals)[];
  const chosen = names.map((name) => [
    name,
    given.has(name) ? line[name] : (options.get(name) ?? line[name]),
  ]);
  const said = (name: string): boolean => given.has(name) || options.has(name);
  const fromEnvironment = Object.entries(variables).flatMap(([name, variable]) => {
    const value = said(name) ? undefined : environmentValue(env, variable);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(chosen), ...Object.fromEntries(fromEnvironment) } as Globals;
}

/** Flags that a variable gives where nothing else does (wire/env.tsv). */
const variables: Readonly<Partial<Record<keyof Globals, string>>> = {
  server: 'SERVER',
  'auth-token': 'AUTH_TOKEN',
  'server-name': 'SERVER_NAME',
  'repo-server-name': 'REPO_SERVER_NAME',
  'redis-name': 'REDIS_NAME',
  'redis-haproxy-name': 'REDIS_HAPROXY_NAME',
};

/** What `TIPHYS_OPTS` or `ARGOCD_OPTS` sets; flags that are not global ones are passed over there. */
function optionsOf(env: Env): ReadonlyMap<string, unknown> {
  const text = environmentValue(env, 'OPTS');
  if (text === undefined) return new Map();
  const scratch = new GoStyleCommand().exitOverride();
  addFlags(scratch, globalFlags);
  scratch.parseOptions(splitWords(text, 'The options variable'));
  const values: Readonly<Record<string, unknown>> = readFlags(scratch, globalFlags);
  return new Map([...givenFlags(scratch, globalFlags)].map((name) => [name, values[name]]));
}
