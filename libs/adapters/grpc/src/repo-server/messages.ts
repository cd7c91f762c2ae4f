import type {
  Repository as RepositoryMessage,
  RenderOptions as RenderOptionsMessage,
  SignatureDemand as SignatureDemandMessage,
  Source,
} from '@tiphys/generated/tiphys-repo';
import {
  TiphysError,
  type ApplicationSource,
  type CloudLogin,
  type Repository,
  type SourceType,
} from '@tiphys/model';
import type { RenderOptions, RenderSource } from '@tiphys/ports';
import type { SignatureDemand } from '@tiphys/project-policy';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import type { JsonValue } from '@tiphys/model';

const SOURCE_TYPES: readonly SourceType[] = ['Helm', 'Kustomize', 'Directory', 'Plugin'];

/** Fields that are text in the message, and absent where empty. */
const TEXTS = [
  ['name', 'name'],
  ['project', 'project'],
  ['username', 'username'],
  ['password', 'password'],
  ['bearerToken', 'bearerToken'],
  ['sshPrivateKey', 'sshPrivateKey'],
  ['tlsClientCertData', 'tlsClientCertData'],
  ['tlsClientCertKey', 'tlsClientCertKey'],
  ['caPem', 'caPem'],
  ['knownHosts', 'knownHosts'],
  ['proxy', 'proxy'],
  ['noProxy', 'noProxy'],
] as const;

const SWITCHES = ['insecure', 'enableOci', 'insecureOciForceHttp', 'enableLfs', 'forceBasicAuth'] as const;

export function repositoryToMessage(repository: Repository): RepositoryMessage {
  return {
    url: repository.url,
    type: repository.type,
    name: repository.name ?? '',
    project: repository.project ?? '',
    username: repository.username ?? '',
    password: repository.password ?? '',
    bearerToken: repository.bearerToken ?? '',
    sshPrivateKey: repository.sshPrivateKey ?? '',
    tlsClientCertData: repository.tlsClientCertData ?? '',
    tlsClientCertKey: repository.tlsClientCertKey ?? '',
    caPem: repository.caPem ?? '',
    knownHosts: repository.knownHosts ?? '',
    proxy: repository.proxy ?? '',
    noProxy: repository.noProxy ?? '',
    insecure: repository.insecure ?? false,
    enableOci: repository.enableOci ?? false,
    insecureOciForceHttp: repository.insecureOciForceHttp ?? false,
    enableLfs: repository.enableLfs ?? false,
    forceBasicAuth: repository.forceBasicAuth ?? false,
    depth: repository.depth ?? 0,
    cloudLoginJson: Buffer.from(
      repository.cloudLogin === undefined ? '' : stringifyJson(repository.cloudLogin as unknown as JsonValue),
    ),
  };
}

/** Reads a repository; what it does not say is absent. */
export function repositoryFromMessage(message: RepositoryMessage | undefined): Repository {
  if (message === undefined) throw new TiphysError('invalid', 'the request names no repository');
  const texts = TEXTS.filter(([from]) => message[from] !== '').map(([from, to]) => [to, message[from]]);
  const switches = SWITCHES.filter((name) => message[name]).map((name) => [name, true]);
  return {
    ...(Object.fromEntries([...texts, ...switches]) as Partial<Repository>),
    url: message.url,
    type: repositoryType(message.type),
    ...(message.depth > 0 ? { depth: message.depth } : {}),
    ...(message.cloudLoginJson.length === 0 ? {} : { cloudLogin: cloudLoginIn(message.cloudLoginJson) }),
  };
}

const cloudLoginIn = (json: Uint8Array): CloudLogin =>
  parseJson(Buffer.from(json).toString(), 'the login of the repository') as unknown as CloudLogin;

function repositoryType(type: string): Repository['type'] {
  if (type === 'git' || type === 'helm' || type === 'oci') return type;
  throw new TiphysError('invalid', `${JSON.stringify(type)} is no type of repository; use git, helm or oci`);
}

const demandToMessage = ({ depth, keys }: SignatureDemand): SignatureDemandMessage => ({
  depth,
  keys: [...keys],
});

/** A depth that is not known asks for the most. */
const demandFromMessage = ({ depth, keys }: SignatureDemandMessage): SignatureDemand => ({
  depth: depth === 'head' ? 'head' : 'strict',
  keys,
});

export const sourceToMessage = (source: RenderSource): Source => ({
  sourceJson: Buffer.from(stringifyJson(source.source as unknown as JsonValue)),
  repository: repositoryToMessage(source.repository),
  revision: source.revision ?? '',
  signature: source.signature === undefined ? undefined : demandToMessage(source.signature),
});

export function sourceFromMessage(message: Source | undefined): RenderSource {
  if (message === undefined) throw new TiphysError('invalid', 'the request names no source');
  const source = parseJson(Buffer.from(message.sourceJson).toString(), 'spec.source');
  return {
    source: source as unknown as ApplicationSource,
    repository: repositoryFromMessage(message.repository),
    ...(message.revision === '' ? {} : { revision: message.revision }),
    ...(message.signature === undefined ? {} : { signature: demandFromMessage(message.signature) }),
  };
}

export const optionsToMessage = (options: RenderOptions): RenderOptionsMessage => ({
  kustomizeBuildOptions: options.kustomizeBuildOptions ?? '',
  helmValuesFileSchemes: [...(options.helmValuesFileSchemes ?? [])],
  disabledTools: [...(options.disabledTools ?? [])],
  decryptionKeys: options.decryptionKeys === 'all' ? [ALL_KEYS] : [...(options.decryptionKeys ?? [])],
});

export const optionsFromMessage = (message: RenderOptionsMessage | undefined): RenderOptions => ({
  ...(message === undefined || message.kustomizeBuildOptions === ''
    ? {}
    : { kustomizeBuildOptions: message.kustomizeBuildOptions }),
  ...(message === undefined || message.helmValuesFileSchemes.length === 0
    ? {}
    : { helmValuesFileSchemes: message.helmValuesFileSchemes }),
  disabledTools: (message?.disabledTools ?? []).map(asSourceType),
  ...keysFromMessage(message?.decryptionKeys ?? []),
});

const ALL_KEYS = '*';

const keysFromMessage = (names: readonly string[]): Pick<RenderOptions, 'decryptionKeys'> =>
  names.length === 0 ? {} : { decryptionKeys: names.includes(ALL_KEYS) ? 'all' : names };

/** Reads the name of a tool. */
export function asSourceType(text: string): SourceType {
  const found = SOURCE_TYPES.find((type) => type === text);
  if (found === undefined) throw new TiphysError('invalid', `${JSON.stringify(text)} is no type of source`);
  return found;
}

export const mapValues = <A, B>(
  values: Readonly<Record<string, A>>,
  map: (value: A) => B,
): Record<string, B> => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
