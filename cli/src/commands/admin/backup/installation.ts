import { annotations, configNames, hasCode, isJsonObject, labels } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import type { OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import type { Scope } from './scope.ts';

/** An object of the control plane's state. */
export interface StateObject {
  readonly resource: ApiResource;
  readonly object: KubeObject;
  /** False for what may come with the installation: an import leaves it where its file does not have it. */
  readonly isPruned: boolean;
}

const CONFIG_MAPS = [configNames.cm, configNames.rbac, configNames.knownHosts, configNames.tlsCerts] as const;
/** Kept only where there is something in them. */
const OPTIONAL_CONFIG_MAPS = [configNames.gpgKeys, configNames.notificationsCm] as const;
const OPTIONAL_SECRETS: ReadonlySet<string> = new Set([configNames.notificationsSecret]);
const MANAGED_BY = 'argocd.argoproj.io';

/**
 * All of a control plane's state, in the order in which it can be written again: settings, secrets, projects,
 * Applications, ApplicationSets.
 */
export async function readInstallation(cluster: OwnCluster, scope: Scope): Promise<readonly StateObject[]> {
  const maps = await Promise.all(
    [...CONFIG_MAPS, ...OPTIONAL_CONFIG_MAPS].map((name) => configMap(cluster, name)),
  );
  const { items: secrets } = await cluster.api.list(ownKinds.secret, { namespace: cluster.namespace });
  const { items: projects } = await cluster.api.list(ownKinds.project, { namespace: cluster.namespace });
  const applications = await spread(cluster, ownKinds.application, scope.isWide);
  const sets = await spread(cluster, ownKinds.applicationSet, scope.isWide);
  return [
    ...maps.flat(),
    ...byName(secrets.filter(isOwnSecret)).map((object) => ({
      resource: ownKinds.secret,
      object,
      isPruned: !OPTIONAL_SECRETS.has(object.metadata.name ?? ''),
    })),
    ...pruned(ownKinds.project, projects),
    ...pruned(
      ownKinds.application,
      applications.filter(({ metadata }) => scope.isForApplications(metadata.namespace ?? '')),
    ),
    ...pruned(
      ownKinds.applicationSet,
      sets.filter(({ metadata }) => scope.isForApplicationSets(metadata.namespace ?? '')),
    ),
  ];
}

async function configMap(
  { api, namespace }: OwnCluster,
  name: (typeof CONFIG_MAPS)[number] | (typeof OPTIONAL_CONFIG_MAPS)[number],
): Promise<readonly StateObject[]> {
  try {
    const object = await api.get(ownKinds.configMap, { namespace, name });
    const isPruned = (CONFIG_MAPS as readonly string[]).includes(name);
    return isPruned || hasData(object) ? [{ resource: ownKinds.configMap, object, isPruned }] : [];
  } catch (error) {
    if (hasCode(error, 'not-found')) return [];
    throw error;
  }
}

/** Objects that may live in several namespaces; where their kind is not served there are none. */
async function spread(
  { api, namespace }: OwnCluster,
  resource: ApiResource,
  isWide: boolean,
): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(resource, isWide ? {} : { namespace })).items;
  } catch (error) {
    if (hasCode(error, 'not-found')) return [];
    throw error;
  }
}

function isOwnSecret(secret: KubeObject): boolean {
  const { name = '', labels: marks = {}, annotations: notes = {} } = secret.metadata;
  if (OPTIONAL_SECRETS.has(name)) return hasData(secret);
  return (
    name === configNames.secret ||
    marks[labels.secretType] !== undefined ||
    notes[annotations.managedBy] === MANAGED_BY
  );
}

function hasData(object: KubeObject): boolean {
  const data: unknown = object['data'];
  return isJsonObject(data) && Object.keys(data).length > 0;
}

const pruned = (resource: ApiResource, objects: readonly KubeObject[]): readonly StateObject[] =>
  byName(objects).map((object) => ({ resource, object, isPruned: true }));

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject): string => `${namespace}/${name}`;

const byName = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
