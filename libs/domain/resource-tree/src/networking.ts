import {
  annotations,
  arrayAt,
  asJson,
  groupOf,
  isJsonObject,
  stringAt,
  valueAt,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type ResourceRef,
} from '@tiphys/model';
import { ingressUrls } from './ingress-urls.ts';
import { linksOf } from './links.ts';

/** Names another object of the same cluster, in the JSON form of the public API. */
export interface TargetRef {
  readonly group?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** How traffic reaches an object (`ResourceNetworkingInfo` of the public API). Empty parts are left out. */
export interface NetworkingInfo {
  /** Pods that traffic goes to. */
  readonly targetLabels?: Readonly<Record<string, string>>;
  readonly targetRefs?: readonly TargetRef[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Addresses of a load balancer, as its status has them. */
  readonly ingress?: readonly JsonObject[];
  readonly externalURLs?: readonly string[];
}

/** The networking info of an object; undefined where it has none. */
export function networkingOf(object: KubeObject): NetworkingInfo | undefined {
  const urls = new Set([...urlsOfKind(object), ...linksOf(object)]);
  const info = { ...infoOfKind(object), ...listed('externalURLs', [...urls].sort()) };
  return Object.keys(info).length === 0 ? undefined : info;
}

const listed = <K extends string, V>(key: K, items: readonly V[]): { readonly [key in K]?: readonly V[] } =>
  items.length === 0 ? {} : ({ [key]: items } as { readonly [key in K]: readonly V[] });

const INGRESS_GROUPS = ['networking.k8s.io', 'extensions'];

const isIngress = ({ apiVersion, kind }: KubeObject): boolean =>
  kind === 'Ingress' && INGRESS_GROUPS.includes(groupOf(apiVersion));

function urlsOfKind(object: KubeObject): readonly string[] {
  if (!isIngress(object) || object.metadata.annotations?.[annotations.ignoreDefaultLinks] === 'true')
    return [];
  return ingressUrls(object);
}

function infoOfKind(object: KubeObject): NetworkingInfo {
  const json = asJson(object);
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case '/Pod':
      return labelled('labels', object.metadata.labels);
    case '/Service':
      return {
        ...labelled('targetLabels', textMap(valueAt(json, 'spec', 'selector'))),
        ...(stringAt(json, 'spec', 'type') === 'LoadBalancer' ? loadBalancer(json) : {}),
      };
    case 'networking.k8s.io/Ingress':
    case 'extensions/Ingress':
      return { ...listed('targetRefs', ingressTargets(object)), ...loadBalancer(json) };
    case 'networking.istio.io/VirtualService':
      return listed('targetRefs', virtualServiceTargets(object));
    case 'networking.istio.io/ServiceEntry':
      return labelled('targetLabels', textMap(valueAt(json, 'spec', 'workloadSelector', 'labels')));
    default:
      return {};
  }
}

const labelled = (
  key: 'labels' | 'targetLabels',
  map: Readonly<Record<string, string>> | undefined,
): NetworkingInfo => (map === undefined || Object.keys(map).length === 0 ? {} : { [key]: map });

function textMap(value: JsonValue | undefined): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

const loadBalancer = (json: JsonObject): NetworkingInfo =>
  listed('ingress', arrayAt(json, 'status', 'loadBalancer', 'ingress').filter(isJsonObject));

function ingressTargets(object: KubeObject): readonly TargetRef[] {
  const json = asJson(object);
  const backends = [
    valueAt(json, 'spec', 'defaultBackend'),
    valueAt(json, 'spec', 'backend'),
    ...arrayAt(json, 'spec', 'rules').flatMap((rule) =>
      arrayAt(rule, 'http', 'paths').map((path) => valueAt(path, 'backend')),
    ),
  ];
  const names = backends.map(
    (backend) => stringAt(backend, 'service', 'name') ?? stringAt(backend, 'serviceName'),
  );
  return services(names.map((name) => ({ name, namespace: object.metadata.namespace ?? '' })));
}

/** Hosts of routes are names of Services: `name`, `name.namespace` or longer. */
function virtualServiceTargets(object: KubeObject): readonly TargetRef[] {
  const routes = ['http', 'tcp', 'tls'].flatMap((protocol) => arrayAt(asJson(object), 'spec', protocol));
  const hosts = routes.flatMap((route) =>
    arrayAt(route, 'route').map((one) => stringAt(one, 'destination', 'host')),
  );
  return services(
    hosts.map((host) => {
      const [name, namespace = object.metadata.namespace ?? ''] = (host ?? '').split('.');
      return { name, namespace };
    }),
  );
}

function services(
  found: readonly { readonly name: string | undefined; readonly namespace: string }[],
): readonly TargetRef[] {
  const refs = new Map<string, TargetRef>();
  for (const { name, namespace } of found) {
    if (name === undefined || name === '') continue;
    refs.set(`${namespace}/${name}`, {
      kind: 'Service',
      ...(namespace === '' ? {} : { namespace }),
      name,
    } satisfies Partial<ResourceRef>);
  }
  return [...refs.values()];
}
