import { isJsonObject } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** Fields of requests that name things; none of them holds what is to be kept secret. */
const NAMES = [
  'name',
  'appNamespace',
  'appsetNamespace',
  'namespace',
  'applicationName',
  'project',
  'role',
  'repo',
  'url',
  'server',
  'id',
  'username',
  'group',
  'kind',
  'resourceName',
  'podName',
  'container',
  'action',
  'subresource',
  'resource',
  'keyID',
  'hostNamePattern',
  'certType',
  'revision',
] as const;
/** Objects within requests that are written as a whole. */
const WHOLES = [
  'application',
  'applicationset',
  'project',
  'repo',
  'creds',
  'cluster',
  'publickey',
  'q',
] as const;
const MAX_TEXT = 253;

/** What a request is about: the names in it. */
export function objectOf(request: JsonObject): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of WHOLES) {
    const whole = request[key];
    if (!isJsonObject(whole)) continue;
    collect(found, whole);
    if (isJsonObject(whole['metadata'])) collect(found, whole['metadata']);
  }
  collect(found, request);
  const { id } = request;
  if (isJsonObject(id)) add(found, 'id', id['value']);
  return found;
}

function collect(found: Record<string, string>, from: JsonObject): void {
  for (const key of NAMES) add(found, key, from[key]);
}

function add(found: Record<string, string>, key: string, value: JsonValue | undefined): void {
  if (typeof value === 'string' && value !== '') found[key] = value.slice(0, MAX_TEXT);
}
