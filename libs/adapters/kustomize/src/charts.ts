import { arrayAt, isJsonObject, TiphysError, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';

const REFUSED_KEYS = ['configHome', 'helmHome', 'helmBin'];

/** True where a kustomization inflates Helm charts. */
export const hasCharts = (kustomization: JsonObject): boolean => chartsOf(kustomization).length > 0;

const chartsOf = (kustomization: JsonObject): readonly JsonValue[] => [
  ...arrayAt(kustomization, 'helmCharts'),
  ...arrayAt(kustomization, 'helmChartInflationGenerator'),
];

/** Directory of the charts of a kustomization, relative to it. */
export function chartHomeOf(kustomization: JsonObject): string {
  const home = valueAt(kustomization, 'helmGlobals', 'chartHome');
  return typeof home === 'string' && home !== '' ? home : 'charts';
}

/**
 * Refuses settings by which a repository would choose Helm's home or binary (a committed plugin would run), and texts
 * that Helm would take for a flag. `where` names the file; the error is `invalid`.
 */
export function assertHarmlessCharts(value: JsonValue, where: string): void {
  if (Array.isArray(value))
    (value as readonly JsonValue[]).forEach((child) => assertHarmlessCharts(child, where));
  if (!isJsonObject(value)) return;
  const refused = REFUSED_KEYS.find((key) => typeof value[key] === 'string' && value[key] !== '');
  if (refused !== undefined)
    throw invalid(where, `${refused} is refused: Helm would load plugins from there`);
  Object.values(value).forEach((child) => child !== undefined && assertHarmlessCharts(child, where));
  chartsOf(value).forEach((chart) => assertNoFlags(chart, where));
}

function assertNoFlags(chart: JsonValue, where: string): void {
  if (!isJsonObject(chart)) return;
  for (const [field, value] of Object.entries(chart)) {
    const texts = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    if (field === 'valuesInline' || !texts.some((text) => typeof text === 'string' && text.startsWith('-'))) {
      continue;
    }
    throw invalid(where, `${field} of a Helm chart must not start with a dash`);
  }
}

const invalid = (where: string, why: string): TiphysError => new TiphysError('invalid', `${where}: ${why}`);
