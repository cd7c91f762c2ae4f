import { Failure } from '../program/failure.ts';

export interface Address {
  /** `host` or `host:port`, as the configuration holds it. */
  readonly server: string;
  /** Undefined where the address does not say. */
  readonly plaintext?: boolean;
  /** Without slashes at its ends; empty for none. */
  readonly rootPath: string;
}

/** Reads the address of a server: `host`, `host:port` or an http or https URL, with or without a path. */
export function parseAddress(text: string): Address {
  const [, scheme, rest = ''] = /^(?:(https?):\/\/)?(.*)$/s.exec(text.trim()) ?? [];
  const url = URL.parse(`http://${rest}`);
  if (
    rest.includes('://') ||
    url === null ||
    url.hostname === '' ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== ''
  )
    throw new Failure(`'${text}' is not the address of a server.`, {
      hints: ['Give it as HOST, HOST:PORT or https://HOST:PORT/PATH.'],
    });
  const server = /^[^/]*/.exec(rest)?.[0] ?? '';
  const plaintext = scheme === undefined ? {} : { plaintext: scheme === 'http' };
  return { server, rootPath: trimSlashes(url.pathname), ...plaintext };
}

/** A path without slashes at its ends. */
export const trimSlashes = (path: string): string => path.replace(/^\/+|\/+$/g, '');
