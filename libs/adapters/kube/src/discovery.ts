import { arrayAt, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { parseJson } from './lossless-json.ts';
import { plainDiscovery } from './discovery-plain.ts';
import type { Transport } from './transport.ts';

export interface Discovery {
  /** A kind that several versions serve comes with its preferred version first. */
  readonly resources: readonly ApiResource[];
  /** `group/version` of what the API server could not ask. */
  readonly failedGroups: readonly string[];
}

const ACCEPT_AGGREGATED = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** All served kinds, in two requests where the server knows aggregated discovery, else one for each group version. */
export async function discover(transport: Transport): Promise<Discovery> {
  const [core, groups] = await Promise.all([ask(transport, '/api'), ask(transport, '/apis')]);
  if (!isAggregated(core) || !isAggregated(groups)) return plainDiscovery(transport);
  const versions = [...arrayAt(core, 'items'), ...arrayAt(groups, 'items')].flatMap((group) =>
    arrayAt(group, 'versions').map((version) =>
      readVersion(stringAt(group, 'metadata', 'name') ?? '', version),
    ),
  );
  return {
    resources: versions.flatMap((version) => version.resources),
    failedGroups: versions.flatMap((version) => (version.failed === undefined ? [] : [version.failed])),
  };
}

async function ask(transport: Transport, path: string): Promise<JsonValue> {
  return parseJson(await transport.send({ method: 'GET', path, accept: ACCEPT_AGGREGATED }));
}

const isAggregated = (value: JsonValue): boolean => stringAt(value, 'kind') === 'APIGroupDiscoveryList';

/** A stale version is one whose server did not answer: what it lists may be gone. */
function readVersion(group: string, version: JsonValue): { resources: ApiResource[]; failed?: string } {
  const name = stringAt(version, 'version') ?? '';
  if (stringAt(version, 'freshness') === 'Stale') {
    return { resources: [], failed: group === '' ? name : `${group}/${name}` };
  }
  return { resources: arrayAt(version, 'resources').flatMap((item) => readResource(item, group, name)) };
}

function readResource(item: JsonValue, group: string, version: string): ApiResource[] {
  const resource = stringAt(item, 'resource');
  const kind = stringAt(item, 'responseKind', 'kind');
  // A resource without a kind of its own only carries subresources.
  if (!isJsonObject(item) || resource === undefined || kind === undefined || kind === '') return [];
  return [
    {
      group: stringAt(item, 'responseKind', 'group') || group,
      version: stringAt(item, 'responseKind', 'version') || version,
      kind,
      resource,
      namespaced: stringAt(item, 'scope') === 'Namespaced',
      verbs: arrayAt(item, 'verbs').filter((verb) => typeof verb === 'string'),
    },
  ];
}
