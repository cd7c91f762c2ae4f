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
  const globals = Object.fromEntries(chosen) as Globals;
  const server = globals.server ?? environmentValue(env, 'SERVER');
  const token = globals['auth-token'] ?? environmentValue(env, 'AUTH_TOKEN');
  return { ...globals, server, 'auth-token': token };
}

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
