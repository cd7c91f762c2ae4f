import { TiphysError } from '@tiphys/model';
import type { ClusterConfig } from './cluster-config.ts';
import type { Container, EnvSource, KeyRef, Meta, ValueSource } from './objects.ts';

/** What a pod knows of itself, for field references. */
export interface PodIdentity {
  readonly metadata: Meta & { readonly namespace: string };
  readonly serviceAccountName: string;
}

/**
 * The environment of a container as a kubelet would make it: `envFrom` in order,
 * then `env`, where later entries win and `$(NAME)` stands for an earlier one.
 *
 * @throws TiphysError for a config map, secret or key that is missing and not optional.
 */
export function resolveEnvironment(
  container: Container,
  config: ClusterConfig,
  pod: PodIdentity,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) Object.assign(env, fromSource(source, config));
  for (const { name, value, valueFrom } of container.env ?? []) {
    const text =
      valueFrom === undefined ? expand(value ?? '', env) : valueOf(valueFrom, { config, pod, container });
    if (text !== undefined) env[name] = text;
  }
  return env;
}

/** Replaces `$(NAME)` by variables that exist; `$$(NAME)` stands for the text `$(NAME)`. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([A-Za-z_][\w.-]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );
}

/** The value of a downward API field. */
export function fieldOf(path: string, pod: PodIdentity): string {
  const { metadata } = pod;
  const entry = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (entry !== null)
    return metadata[entry[1] === 'labels' ? 'labels' : 'annotations']?.[entry[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'metadata.uid':
      return metadata.uid ?? '';
    case 'spec.nodeName':
      return 'localhost';
    case 'spec.serviceAccountName':
      return pod.serviceAccountName;
    case 'status.podIP':
    case 'status.hostIP':
    case 'status.podIPs':
      return '127.0.0.1';
    default:
      throw new TiphysError('invalid', `pod ${metadata.name} refers to the unknown field ${path}`);
  }
}

interface ValueContext {
  readonly config: ClusterConfig;
  readonly pod: PodIdentity;
  readonly container: Container;
}

function valueOf(source: ValueSource, { config, pod, container }: ValueContext): string | undefined {
  if (source.configMapKeyRef) return keyOf('config map', config.configMaps, source.configMapKeyRef);
  if (source.secretKeyRef) return keyOf('secret', config.secrets, source.secretKeyRef);
  if (source.fieldRef) return fieldOf(source.fieldRef.fieldPath, pod);
  const { resource = '' } = source.resourceFieldRef ?? {};
  const [kind, name = ''] = resource.split('.');
  const quantity = kind === 'limits' || kind === 'requests' ? container.resources?.[kind]?.[name] : undefined;
  return quantity ?? '0';
}

function keyOf(what: string, all: ClusterConfig['secrets'], ref: KeyRef): string | undefined {
  const value = all.get(ref.name)?.get(ref.key);
  if (value !== undefined) return value.toString('utf8');
  if (ref.optional === true) return undefined;
  throw new TiphysError('not-found', `the ${what} ${ref.name} has no key ${ref.key}, or does not exist`);
}

function fromSource(source: EnvSource, config: ClusterConfig): Record<string, string> {
  const ref = source.configMapRef ?? source.secretRef;
  if (ref === undefined) return {};
  const what = source.configMapRef ? 'config map' : 'secret';
  const data = (source.configMapRef ? config.configMaps : config.secrets).get(ref.name);
  if (data === undefined && ref.optional !== true) {
    throw new TiphysError('not-found', `the ${what} ${ref.name} does not exist`);
  }
  return Object.fromEntries(
    [...(data ?? [])].map(([key, value]) => [`${source.prefix ?? ''}${key}`, value.toString('utf8')]),
  );
}
