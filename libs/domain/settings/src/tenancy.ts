import { arrayAt, isJsonObject, stringAt, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';
import type { GlobalProject, LabelExpression, LabelSelector } from '@tiphys/project-policy';
import type { YamlReader } from './argocd-cm.ts';

/** Whether syncs have the rights of a service account of their destination in place of the control plane's own. */
export interface ImpersonationSettings {
  readonly enabled: boolean;
  /** False lets syncs for which no account is named have the control plane's rights. Default true. */
  readonly enforced: boolean;
}

/** What `argocd-cm` says of projects. */
export interface TenancySettings {
  readonly globalProjects: readonly GlobalProject[];
  readonly impersonation: ImpersonationSettings;
}

const GLOBAL_PROJECTS = 'globalProjects';

/** Reads the settings of projects; what makes no sense is left out and named in `mistakes`. */
export function parseTenancy(
  data: Readonly<Record<string, string>>,
  readYaml: YamlReader,
  mistakes: string[],
): TenancySettings {
  return {
    globalProjects: globalProjectsOf(data[GLOBAL_PROJECTS] ?? '', readYaml, mistakes),
    impersonation: {
      enabled: data['application.sync.impersonation.enabled'] === 'true',
      enforced: data['application.sync.impersonation.enforced'] !== 'false',
    },
  };
}

function globalProjectsOf(text: string, readYaml: YamlReader, mistakes: string[]): readonly GlobalProject[] {
  if (text.trim() === '') return [];
  let parsed: JsonValue;
  try {
    parsed = readYaml(text);
  } catch (error) {
    mistakes.push(`${GLOBAL_PROJECTS}: ${error instanceof Error ? error.message : String(error)}; ignored`);
    return [];
  }
  if (!Array.isArray(parsed)) {
    mistakes.push(`${GLOBAL_PROJECTS}: is not a list; ignored`);
    return [];
  }
  return (parsed as readonly JsonValue[]).flatMap((entry, index) => {
    const projectName = isJsonObject(entry) ? (stringAt(entry, 'projectName') ?? '') : '';
    if (isJsonObject(entry) && projectName !== '') return [{ projectName, labelSelector: selectorOf(entry) }];
    mistakes.push(`${GLOBAL_PROJECTS}[${index}]: names no project; ignored`);
    return [];
  });
}

function selectorOf(entry: JsonObject): LabelSelector {
  const labels = valueAt(entry, 'labelSelector', 'matchLabels');
  return {
    matchLabels: isJsonObject(labels)
      ? Object.fromEntries(
          Object.entries(labels).map(([key, value]) => [
            key,
            typeof value === 'string' ? value : JSON.stringify(value),
          ]),
        )
      : {},
    matchExpressions: arrayAt(entry, 'labelSelector', 'matchExpressions')
      .filter(isJsonObject)
      .map(expressionOf),
  };
}

const expressionOf = (expression: JsonObject): LabelExpression => ({
  key: stringAt(expression, 'key') ?? '',
  operator: stringAt(expression, 'operator') ?? '',
  values: arrayAt(expression, 'values').map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  ),
});
