import { annotationOf, arrayAt, asJson, groupOf, stringAt, type KubeObject } from '@tiphys/model';

/** Says that an object belongs to another one although it holds no reference to it. */
export interface ImpliedOwner {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/**
 * Objects of the same namespace that may own an object without saying so: the Service of Endpoints, the ServiceAccount
 * of a token, and the StatefulSet that a claim is named after. Nothing for objects that hold owner references.
 */
export function impliedOwnersOf(object: KubeObject): readonly ImpliedOwner[] {
  if ((object.metadata.ownerReferences ?? []).length > 0 || groupOf(object.apiVersion) !== '') return [];
  const name = object.metadata.name ?? '';
  switch (object.kind) {
    case 'Endpoints':
      return [{ group: '', kind: 'Service', name }];
    case 'Secret':
      return accountOf(object);
    case 'PersistentVolumeClaim':
      return statefulSetsOf(name);
    default:
      return [];
  }
}

function accountOf(secret: KubeObject): readonly ImpliedOwner[] {
  const name = annotationOf(secret, ACCOUNT_NAME) ?? '';
  const isToken = stringAt(asJson(secret), 'type') === TOKEN_TYPE && name !== '';
  return isToken ? [{ group: '', kind: 'ServiceAccount', name }] : [];
}

/** `data-my-db-0` may be claim `data` of `my-db` or claim `data-my` of `db`: see `isClaimOf`. */
function statefulSetsOf(claim: string): readonly ImpliedOwner[] {
  const stem = /^(.+)-\d+$/u.exec(claim)?.[1];
  if (stem === undefined) return [];
  const parts = stem.split('-');
  return parts.slice(1).map((_, index) => ({
    group: 'apps',
    kind: 'StatefulSet',
    name: parts.slice(index + 1).join('-'),
  }));
}

/** Names of the claim templates of a StatefulSet; none for other kinds. */
export function claimTemplatesOf(object: KubeObject): readonly string[] {
  if (object.kind !== 'StatefulSet' || groupOf(object.apiVersion) !== 'apps') return [];
  return arrayAt(asJson(object), 'spec', 'volumeClaimTemplates')
    .map((template) => stringAt(template, 'metadata', 'name'))
    .filter((name) => name !== undefined);
}

/** True where a claim of this name comes of one of the templates of that StatefulSet. */
export function isClaimOf(claim: string, set: string, templates: readonly string[]): boolean {
  return templates.some(
    (template) =>
      claim.startsWith(`${template}-${set}-`) && /^\d+$/u.test(claim.slice(template.length + set.length + 2)),
  );
}
