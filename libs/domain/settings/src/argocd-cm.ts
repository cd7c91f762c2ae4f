import { arrayAt, isJsonObject, labels, type JsonValue, type SourceType } from '@tiphys/model';
import { parseTenancy, type TenancySettings } from './tenancy.ts';
import { TRACKING_METHODS, type TrackingSettings } from '@tiphys/tracking';
import { parseDiffSettings, type DiffSettings } from './customizations-diff.ts';
import { parseScripts, type ScriptSettings } from './customizations-health.ts';
import { parseEventLabels, type EventLabels } from './event-labels.ts';
import { parseLiveView, type LiveViewSettings } from './live-view.ts';

/** One rule of `resource.exclusions` or `resource.inclusions`; absent lists match all. */
export interface ResourceFilter {
  readonly apiGroups?: readonly string[];
  readonly kinds?: readonly string[];
  readonly clusters?: readonly string[];
}

/** What the controller reads of `argocd-cm`. Values that make no sense fall back to their defaults and are named. */
export interface ControlSettings extends TenancySettings {
  readonly tracking: TrackingSettings;
  readonly exclusions: readonly ResourceFilter[];
  readonly inclusions: readonly ResourceFilter[];
  readonly kustomizeBuildOptions: string;
  readonly helmValuesFileSchemes: readonly string[];
  readonly disabledTools: readonly SourceType[];
  /** How objects are compared. */
  readonly diff: DiffSettings;
  /** How clusters are watched. */
  readonly live: LiveViewSettings;
  /** Lua for the health and the actions of kinds. */
  readonly scripts: ScriptSettings;
  /** Annotations of Secrets whose values are shown masked. */
  readonly maskAnnotations: readonly string[];
  /** Labels that Kubernetes Events carry. */
  readonly eventLabels: EventLabels;
  readonly mistakes: readonly string[];
}

/** Parses YAML text; throws where it is none. Given by the caller, so that one reader serves all. */
export type YamlReader = (text: string) => JsonValue;

const DEFAULT_SCHEMES = ['https', 'http'];

/** Reads the settings out of the data of `argocd-cm` (wire/config.tsv). */
export function parseControlSettings(
  data: Readonly<Record<string, string>>,
  readYaml: YamlReader,
): ControlSettings {
  const mistakes: string[] = [];
  const diff = parseDiffSettings(data, { readYaml, mistakes });
  return {
    tracking: trackingOf(data, mistakes),
    exclusions: filtersOf(data, 'resource.exclusions', { readYaml, mistakes }),
    inclusions: filtersOf(data, 'resource.inclusions', { readYaml, mistakes }),
    kustomizeBuildOptions: data['kustomize.buildOptions'] ?? '',
    helmValuesFileSchemes: listOf(data['helm.valuesFileSchemes']) ?? DEFAULT_SCHEMES,
    disabledTools: disabledToolsOf(data),
    ...parseTenancy(data, readYaml, mistakes),
    diff,
    live: parseLiveView(data, diff.ignoreDifferences, { readYaml, mistakes }),
    scripts: parseScripts(data, { readYaml, mistakes }),
    maskAnnotations: listOf(data['resource.sensitive.mask.annotations']) ?? [],
    eventLabels: parseEventLabels(data),
    mistakes,
  };
}

function trackingOf(data: Readonly<Record<string, string>>, mistakes: string[]): TrackingSettings {
  const text = data['application.resourceTrackingMethod'] ?? '';
  const method = TRACKING_METHODS.find((name) => name === text);
  if (method === undefined && text !== '') {
    mistakes.push(
      `application.resourceTrackingMethod: '${text}' is none of ${TRACKING_METHODS.join(', ')}; using annotation`,
    );
  }
  const labelKey = data['application.instanceLabelKey'] ?? '';
  return {
    method: method ?? 'annotation',
    labelKey: labelKey === '' ? labels.instance : labelKey,
    installationId: data['installationID'] ?? '',
  };
}

function filtersOf(
  data: Readonly<Record<string, string>>,
  key: string,
  { readYaml, mistakes }: { readonly readYaml: YamlReader; readonly mistakes: string[] },
): readonly ResourceFilter[] {
  const text = data[key];
  if (text === undefined || text.trim() === '') return [];
  try {
    const parsed = readYaml(text);
    if (!Array.isArray(parsed)) throw new TypeError('is not a list');
    return (parsed as readonly JsonValue[]).filter(isJsonObject).map((rule) => ({
      apiGroups: stringsAt(rule, 'apiGroups'),
      kinds: stringsAt(rule, 'kinds'),
      clusters: stringsAt(rule, 'clusters'),
    }));
  } catch (error) {
    mistakes.push(`${key}: ${error instanceof Error ? error.message : String(error)}; ignored`);
    return [];
  }
}

const stringsAt = (value: JsonValue, key: string): readonly string[] =>
  arrayAt(value, key).filter((item) => typeof item === 'string');

const toolKeys: readonly (readonly [string, SourceType])[] = [
  ['helm.enable', 'Helm'],
  ['kustomize.enable', 'Kustomize'],
];

const disabledToolsOf = (data: Readonly<Record<string, string>>): readonly SourceType[] =>
  toolKeys.filter(([key]) => data[key] === 'false').map(([, tool]) => tool);

const listOf = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
