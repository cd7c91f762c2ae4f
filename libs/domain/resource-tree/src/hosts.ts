import { asJson, isJsonObject, valueAt, type JsonObject, type KubeObject } from '@tiphys/model';
import { milliAmount } from '@tiphys/diff';
import type { Requests } from './pod-requests.ts';

/** What is known of a node for the hosts of a tree. */
export interface HostFacts {
  readonly name: string;
  readonly systemInfo: JsonObject;
  /** In thousandths. */
  readonly capacity: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** One resource of a host, in thousandths; zeros are left out (`HostResourceInfo` of the public API). */
export interface HostResource {
  readonly resourceName: string;
  readonly requestedByApp?: number;
  readonly requestedByNeighbors?: number;
  readonly capacity?: number;
}

/** A node that pods of an Application run on, in the JSON form of the public API. */
export interface HostInfo {
  readonly name: string;
  readonly resourcesInfo?: readonly HostResource[];
  readonly systemInfo: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A pod on a node. */
export interface HostedPod {
  readonly node: string;
  readonly requests: Requests;
  readonly isOfApp: boolean;
}

const SHOWN = ['cpu', 'memory', 'storage'];

/** Facts of a Node; undefined for other kinds. Only the allowed labels are kept (`application.allowedNodeLabels`). */
export function hostFactsOf(
  object: KubeObject,
  allowedLabels: readonly string[] = [],
): HostFacts | undefined {
  if (object.kind !== 'Node' || object.apiVersion !== 'v1') return undefined;
  const json = asJson(object);
  const systemInfo = valueAt(json, 'status', 'nodeInfo');
  const capacity = valueAt(json, 'status', 'capacity');
  return {
    name: object.metadata.name ?? '',
    systemInfo: isJsonObject(systemInfo) ? systemInfo : {},
    capacity: isJsonObject(capacity) ? amounts(capacity) : {},
    labels: Object.fromEntries(
      Object.entries(object.metadata.labels ?? {}).filter(([key]) => allowedLabels.includes(key)),
    ),
  };
}

const amounts = (capacity: JsonObject): Readonly<Record<string, number>> =>
  Object.fromEntries(
    SHOWN.flatMap((name) => {
      const value = capacity[name];
      const milli = typeof value === 'string' || typeof value === 'number' ? milliAmount(value) : undefined;
      return milli === undefined ? [] : [[name, milli] as const];
    }),
  );

/** The hosts of an Application's pods by name, with what it and its neighbours take of them. */
export function hostsOf(nodes: readonly HostFacts[], pods: readonly HostedPod[]): readonly HostInfo[] {
  const used = new Set(pods.filter(({ isOfApp }) => isOfApp).map(({ node }) => node));
  return nodes
    .filter(({ name }) => used.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((node) => hostOf(node, pods));
}

function hostOf(node: HostFacts, pods: readonly HostedPod[]): HostInfo {
  const here = pods.filter((pod) => pod.node === node.name);
  const resources = Object.entries(node.capacity).map(([resourceName, capacity]) => ({
    resourceName,
    ...positive('requestedByApp', requested(here, resourceName, true)),
    ...positive('requestedByNeighbors', requested(here, resourceName, false)),
    ...positive('capacity', capacity),
  }));
  return {
    name: node.name,
    ...(resources.length === 0 ? {} : { resourcesInfo: resources }),
    systemInfo: node.systemInfo,
    ...(Object.keys(node.labels).length === 0 ? {} : { labels: node.labels }),
  };
}

function requested(pods: readonly HostedPod[], name: string, isOfApp: boolean): number {
  if (name !== 'cpu' && name !== 'memory') return 0;
  return pods.reduce((sum, pod) => (pod.isOfApp === isOfApp ? sum + pod.requests[name] : sum), 0);
}

const positive = <K extends string>(key: K, value: number): { readonly [key in K]?: number } =>
  value > 0 ? ({ [key]: value } as { readonly [key in K]: number }) : {};
