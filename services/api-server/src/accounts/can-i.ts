import { TiphysError, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Access, ApiAction, ApiResourceName } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';

const ACTIONS = ['get', 'create', 'update', 'delete', 'sync', 'override', 'action', 'invoke'] as const;
const RESOURCES = [
  'clusters',
  'projects',
  'applications',
  'applicationsets',
  'repositories',
  'write-repositories',
  'certificates',
  'accounts',
  'gpgkeys',
  'logs',
  'exec',
  'extensions',
] as const;

/** Answers by the policy alone: it tells nothing about whether an object exists. */
export function canI(access: Access, request: JsonObject, claims: Claims | undefined): JsonObject {
  const action = oneOf(ACTIONS, stringAt(request, 'action') ?? '') as ApiAction;
  const resource: ApiResourceName = oneOf(RESOURCES, stringAt(request, 'resource') ?? '');
  const allowed = access.allows(claims, resource, action, stringAt(request, 'subresource') ?? '');
  return { value: allowed ? 'yes' : 'no' };
}

function oneOf<T extends string>(list: readonly T[], given: string): T {
  const known = list.find((each) => each === given);
  if (known !== undefined) return known;
  throw new TiphysError('invalid', `[${list.join(' ')}] does not contain ${given}`);
}
