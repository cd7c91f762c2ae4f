import {
  asJson,
  arrayAt,
  keyOfObject,
  refOf,
  stringAt,
  versionOf,
  type HealthStatus,
  type KubeObject,
  type OwnerReference,
  type ResourceKey,
  type ResourceRef,
} from '@tiphys/model';
import { healthOf } from '@tiphys/health';
import {
  claimTemplatesOf,
  hostFactsOf,
  impliedOwnersOf,
  infoOf,
  networkingOf,
  requestsOf,
  type HostFacts,
  type ImpliedOwner,
  type InfoItem,
  type NetworkingInfo,
  type Requests,
} from '@tiphys/resource-tree';
import { ownerOf, type TrackingSettings } from '@tiphys/tracking';
import { quietDigest, type UpdateRules } from './quiet-updates.ts';
import { PENDING, type ScriptedHealth } from './scripted-health.ts';

/** What is kept of one object of a cluster: everything of what Applications manage, a summary of all else. */
export interface LiveObject {
  readonly key: ResourceKey;
  readonly ref: ResourceRef;
  readonly version: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly createdAt: string;
  readonly owners: readonly OwnerReference[];
  /** Instance name of the Application that tracks it. */
  readonly instance: string | undefined;
  readonly health: HealthStatus | undefined;
  readonly images: readonly string[];
  readonly info: readonly InfoItem[];
  readonly isTerminating: boolean;
  /** What only some kinds have. */
  readonly traits: LiveTraits | undefined;
  /** The whole object; only where an Application tracks it. */
  readonly object: KubeObject | undefined;
}

/** Facts that few objects have; one field more in each of a hundred thousand objects would cost. */
export interface LiveTraits {
  readonly networking?: NetworkingInfo;
  /** Who may own it without being named by a reference. */
  readonly impliedOwners?: readonly ImpliedOwner[];
  /** Claim templates of a StatefulSet. */
  readonly claimTemplates?: readonly string[];
  /** Of a Node. */
  readonly host?: HostFacts;
  /** Stands for an object that is not kept whole but takes part in the rules for updates (`quietDigest`). */
  readonly digest?: string;
  /** Of a pod that runs on a node or will. */
  readonly pod?: { readonly node: string; readonly requests: Requests };
}

/** How live objects are read. */
export interface LiveReading {
  readonly tracking: TrackingSettings;
  /** Health by scripts of the settings, which comes a moment later. Default: built-in rules alone. */
  readonly scripted?: ScriptedHealth;
  /** Which updates nobody has to look at. Default: none. */
  readonly updates?: UpdateRules;
  /** Labels shown beside each object of the tree (`resource.customLabels`). */
  readonly customLabels?: readonly string[];
  /** Labels of nodes that may be shown (`application.allowedNodeLabels`). */
  readonly nodeLabels?: readonly string[];
}

/** Reads what is kept from a live object. */
export function toLiveObject(object: KubeObject, reading: LiveReading): LiveObject {
  const { tracking } = reading;
  const instance = ownerOf(object, tracking);
  return {
    key: keyOfObject(object),
    ref: refOf(object),
    version: versionOf(object.apiVersion),
    uid: object.metadata.uid ?? '',
    resourceVersion: object.metadata.resourceVersion ?? '',
    createdAt: object.metadata.creationTimestamp ?? '',
    owners: object.metadata.ownerReferences ?? [],
    instance,
    health: reading.scripted?.decides(object) === true ? PENDING : healthOf(object),
    images: imagesOf(object),
    info: infoOf(object, reading.customLabels),
    isTerminating: object.metadata.deletionTimestamp !== undefined,
    traits: traitsOf(object, reading),
    object: instance === undefined ? undefined : object,
  };
}

function traitsOf(object: KubeObject, { nodeLabels, updates }: LiveReading): LiveTraits | undefined {
  const networking = networkingOf(object);
  const impliedOwners = impliedOwnersOf(object);
  const claimTemplates = claimTemplatesOf(object);
  const host = hostFactsOf(object, nodeLabels);
  const pod = hostedPodOf(object);
  const digest = quietDigest(object, updates);
  const traits: LiveTraits = {
    ...(networking === undefined ? {} : { networking }),
    ...(impliedOwners.length === 0 ? {} : { impliedOwners }),
    ...(claimTemplates.length === 0 ? {} : { claimTemplates }),
    ...(host === undefined ? {} : { host }),
    ...(pod === undefined ? {} : { pod }),
    ...(digest === undefined ? {} : { digest }),
  };
  return Object.keys(traits).length === 0 ? undefined : traits;
}

/** Pods that ended take nothing of their node. */
function hostedPodOf(object: KubeObject): LiveTraits['pod'] {
  if (object.kind !== 'Pod' || object.apiVersion !== 'v1') return undefined;
  const json = asJson(object);
  const node = stringAt(json, 'spec', 'nodeName') ?? '';
  const isOver = ['Succeeded', 'Failed'].includes(stringAt(json, 'status', 'phase') ?? '');
  return node === '' || isOver ? undefined : { node, requests: requestsOf(object) };
}

const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};
const defaultPodSpecPath = ['spec', 'template', 'spec'];

/** Container images of an object that holds a pod template, sorted and without repeats. */
export function imagesOf(object: KubeObject): readonly string[] {
  const path = podSpecPaths[object.kind] ?? defaultPodSpecPath;
  const json = asJson(object);
  const containers = ['initContainers', 'containers'].flatMap((list) => arrayAt(json, ...path, list));
  const images = containers
    .map((container) => stringAt(container, 'image'))
    .filter((image) => image !== undefined);
  return [...new Set(images)].sort();
}
