import { TiphysError, type Repository } from '@tiphys/model';

/** A repository of a registry. */
export interface OciName {
  /** `https://registry.example.com` */
  readonly origin: string;
  /** `org/charts/web` */
  readonly path: string;
}

const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const HOST = /^[A-Za-z0-9.-]+(?::\d{1,5})?$|^\[[0-9A-Fa-f:]+\](?::\d{1,5})?$/;

/**
 * Where the artifact `name` of a repository lies: below its address, with or without `oci://`. Plain http only with
 * `insecureOciForceHttp`. Errors are `invalid` and show the address without a login.
 */
export function ociName(repository: Repository, name: string): OciName {
  const origin = registryOrigin(repository);
  const path = [bare(repository.url).split('/').slice(1).join('/'), name === '.' ? '' : name]
    .filter((part) => part !== '')
    .join('/');
  if (!PATH.test(path)) {
    throw new TiphysError(
      'invalid',
      `${JSON.stringify(path)} is not a name of a repository in ${new URL(origin).host}`,
    );
  }
  return { origin, path };
}

/** The registry of a repository. */
export function registryOrigin(repository: Repository): string {
  const host = bare(repository.url).split('/')[0] ?? '';
  if (!HOST.test(host)) {
    throw new TiphysError(
      'invalid',
      `${JSON.stringify(host.replace(/^.*@/, ''))} is not the host of a registry`,
    );
  }
  return `${repository.insecureOciForceHttp === true ? 'http' : 'https'}://${host}`;
}

const bare = (url: string): string => url.replace(/^(oci|https?):\/\//, '').replace(/\/+$/, '');

/** Tags hold no plus sign; charts write an underscore for it. */
export const versionOfTag = (tag: string): string => tag.replaceAll('_', '+');
export const tagOfVersion = (version: string): string => version.replaceAll('+', '_');

export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);
const isTag = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);

/** True for what can stand in a manifest's address. */
export const isReference = (text: string): boolean => isDigest(text) || isTag(text);
