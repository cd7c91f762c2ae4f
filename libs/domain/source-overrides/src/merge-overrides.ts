import { isJsonObject, TiphysError, type ApplicationSource, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { parseSourceOverrides } from './schema.ts';

/** Names of the override files in the application's directory, in the order they apply. */
export const overrideFiles = (appName: string): readonly string[] => [
  '.argocd-source.yaml',
  `.argocd-source-${appName}.yaml`,
];

const TOOLS = ['helm', 'kustomize', 'directory', 'plugin'] as const;

/**
 * Puts an override file over a source as a JSON merge patch: lists are replaced whole, null removes a field.
 * Only the settings of the tools change; repository, path, chart, revision and names stay those of the source.
 * `file` is named in errors (code `invalid`).
 */
export function mergeSourceOverrides(
  source: ApplicationSource,
  overridesYaml: string,
  file = '.argocd-source.yaml',
): ApplicationSource {
  const patch = parseYamlDocuments(overridesYaml, { file })[0] ?? null;
  if (patch === null) return source;
  if (!isJsonObject(patch)) throw new TiphysError('invalid', `${file}: the file must hold a mapping`);
  const merged = mergePatch(pick(source as unknown as JsonValue), pick(patch));
  const { helm, kustomize, directory, plugin, ...rest } = source;
  void [helm, kustomize, directory, plugin];
  return { ...rest, ...parseSourceOverrides(merged, file) };
}

function pick(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    TOOLS.flatMap((tool) => (value[tool] === undefined ? [] : [[tool, value[tool]]])),
  );
}

/** RFC 7386. */
function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, JsonValue | undefined> = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
