import type { PluginParameter, PluginSource } from '@tiphys/model';

/** Prefix of the variables that an Application gives to its plugin, so that none of them replaces one of the plugin's. */
const ENV_PREFIX = 'ARGOCD_ENV_';

/**
 * The variables that a plugin gets: the build environment, those of the source with their prefix, and its parameters,
 * all of them as JSON and each by itself (wire/env.tsv, build-environment(cmp)).
 */
export function pluginEnvironment(
  plugin: PluginSource,
  buildEnvironment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = (plugin.env ?? []).map(({ name, value }) => [`${ENV_PREFIX}${name}`, value] as const);
  return {
    ...buildEnvironment,
    ...Object.fromEntries(own),
    ARGOCD_APP_PARAMETERS: parametersJson(plugin.parameters),
    ...Object.fromEntries((plugin.parameters ?? []).flatMap(parameterVariables)),
  };
}

/** Keys sorted; what is absent is left out, and no parameters at all are `null`. */
function parametersJson(parameters: readonly PluginParameter[] | undefined): string {
  if (parameters === undefined) return 'null';
  return JSON.stringify(
    parameters.map(({ array, map, name, string }) => ({
      ...(array === undefined ? {} : { array }),
      ...(map === undefined ? {} : { map: sorted(map) }),
      name,
      ...(string === undefined ? {} : { string }),
    })),
  );
}

const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

function parameterVariables({ name, string, map, array }: PluginParameter): [string, string][] {
  const base = `PARAM_${variableName(name)}`;
  return [
    ...(string === undefined ? [] : [[base, string] as [string, string]]),
    ...Object.entries(map ?? {}).map(([key, value]): [string, string] => [
      `${base}_${variableName(key)}`,
      value,
    ]),
    ...(array ?? []).map((value, index): [string, string] => [`${base}_${String(index)}`, value]),
  ];
}

const variableName = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
