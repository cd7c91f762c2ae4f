import { arrayAt, stringAt, valueAt } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { hasCode } from '@tiphys/model';
import type { Discovery } from './discovery.ts';
import { parseJson } from './lossless-json.ts';
import { groupVersionPath } from './paths.ts';
import type { Transport } from './transport.ts';

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Discovery as every API server knows it: the groups, then one request for each group version. */
export async function plainDiscovery(transport: Transport): Promise<Discovery> {
  const [core, groups] = await Promise.all([ask(transport, '/api'), ask(transport, '/apis')]);
  const versions: GroupVersion[] = arrayAt(core, 'versions').flatMap((version) =>
    typeof version === 'string' ? [{ group: '', version }] : [],
  );
  versions.push(...arrayAt(groups, 'groups').flatMap(versionsOf));
  const found = await Promise.all(versions.map((version) => kindsOf(transport, version)));
  return {
    resources: found.flatMap((kinds) => kinds ?? []),
    failedGroups: versions.filter((_, index) => found[index] === undefined).map(nameOf),
  };
}

const nameOf = ({ group, version }: GroupVersion): string => (group === '' ? version : `${group}/${version}`);

async function ask(transport: Transport, path: string): Promise<JsonValue> {
  return parseJson(await transport.send({ method: 'GET', path }));
}

/** Versions of a group, the preferred one first. */
function versionsOf(group: JsonValue): GroupVersion[] {
  const name = stringAt(group, 'name') ?? '';
  const preferred = stringAt(group, 'preferredVersion', 'version');
  const versions = arrayAt(group, 'versions').flatMap((item) => stringAt(item, 'version') ?? []);
  const ordered = versions.toSorted((a, b) => Number(b === preferred) - Number(a === preferred));
  return ordered.map((version) => ({ group: name, version }));
}

/** Undefined where the group's own server fails; that the caller itself may not ask, or is gone, fails it all. */
async function kindsOf(transport: Transport, version: GroupVersion): Promise<ApiResource[] | undefined> {
  try {
    const list = await ask(transport, groupVersionPath(version.group, version.version));
    return arrayAt(list, 'resources').flatMap((item) => readResource(item, version));
  } catch (error) {
    if (hasCode(error, 'unavailable') || hasCode(error, 'not-found') || hasCode(error, 'deadline'))
      return undefined;
    throw error;
  }
}

function readResource(item: JsonValue, { group, version }: GroupVersion): ApiResource[] {
  const resource = stringAt(item, 'name');
  const kind = stringAt(item, 'kind');
  if (resource === undefined || kind === undefined || resource.includes('/')) return [];
  return [
    {
      group: stringAt(item, 'group') || group,
      version: stringAt(item, 'version') || version,
      kind,
      resource,
      namespaced: valueAt(item, 'namespaced') === true,
      verbs: arrayAt(item, 'verbs').filter((verb) => typeof verb === 'string'),
    },
  ];
}
