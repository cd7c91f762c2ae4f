import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { goJson } from '@tiphys/merge';

/**
 * Endpoints with their subsets in one order. The API server regroups and sorts them when it writes, so their order
 * says nothing.
 */
export function sortedEndpoints(endpoints: JsonObject): JsonObject {
  const subsets = endpoints['subsets'];
  if (!Array.isArray(subsets)) return endpoints;
  return { ...endpoints, subsets: sorted((subsets as JsonValue[]).map(sortedSubset)) };
}

function sortedSubset(subset: JsonValue): JsonValue {
  if (!isJsonObject(subset)) return subset;
  const result: Record<string, JsonValue | undefined> = { ...subset };
  for (const key of ['addresses', 'notReadyAddresses', 'ports']) {
    const list = subset[key];
    if (!Array.isArray(list)) continue;
    result[key] = sorted(key === 'ports' ? (list as JsonValue[]).map(withProtocol) : (list as JsonValue[]));
  }
  return result;
}

const withProtocol = (port: JsonValue): JsonValue =>
  isJsonObject(port) && (port['protocol'] ?? '') === '' ? { ...port, protocol: 'TCP' } : port;

const sorted = (list: readonly JsonValue[]): readonly JsonValue[] =>
  list
    .map((element) => ({ element, key: goJson(element) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ element }) => element);
