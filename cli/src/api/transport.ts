import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Target } from '../config/target.ts';
import { clientVersion } from '../program/client-version.ts';
import { NetworkFailure } from './network-failure.ts';

export type Query = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the root of the server, such as `/api/version`; escaped already. */
  readonly path: string;
  readonly query?: Query;
  /** JSON text, or bytes of the content type that the headers name. */
  readonly body?: string | Uint8Array;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Transport {
  readonly target: Target;
  /** The answer with its body still to come. Fails with a NetworkFailure where there is no answer. */
  send(call: HttpCall): Promise<IncomingMessage>;
}

/** Sends requests to one server over kept-alive connections; honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export function createTransport(target: Target): Transport {
  const agent = target.plaintext
    ? new HttpAgent({ keepAlive: true, proxyEnv: process.env })
    : new HttpsAgent({ keepAlive: true, proxyEnv: process.env, ...tlsOptions(target) });
  const start = target.plaintext ? httpRequest : httpsRequest;
  const send = (call: HttpCall): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = start(urlOf(target, call), {
        agent,
        method: call.method,
        headers: headersOf(target, call),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
      request.once('response', resolve);
      request.once('error', (error) => {
        reject(call.signal?.aborted === true ? error : new NetworkFailure(error, target));
      });
      request.end(call.body);
    });
  return { target, send };
}

const tlsOptions = ({ insecure, ca, clientCertificate, clientKey }: Target): object => ({
  rejectUnauthorized: !insecure,
  ...(ca === undefined ? {} : { ca }),
  ...(clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientKey }),
});

function urlOf(target: Target, { path, query = {} }: HttpCall): URL {
  const root = target.rootPath === '' ? '' : `/${target.rootPath}`;
  const url = new URL(`${target.plaintext ? 'http' : 'https'}://${target.server}${root}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  }
  return url;
}

const headersOf = (target: Target, call: HttpCall): Record<string, string> => ({
  'user-agent': `tiphys-cli/${clientVersion}`,
  accept: call.accept ?? 'application/json',
  ...(target.token === undefined || target.token === '' ? {} : { authorization: `Bearer ${target.token}` }),
  ...(call.method === 'GET' ? {} : { 'content-type': 'application/json' }),
  ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) }),
  ...target.headers,
  ...call.headers,
});
