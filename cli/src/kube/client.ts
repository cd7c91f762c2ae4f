import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonObject } from '@tiphys/model';
import { exitCodes, Failure } from '../program/failure.ts';
import type { KubeContext } from './kubeconfig.ts';

const DEADLINE_MS = 30_000;

export interface KubeAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** One request to the API server of a context; any status is an answer. @throws Failure where there is none */
export function askKube(
  context: KubeContext,
  call: { readonly method: string; readonly path: string; readonly body?: object; readonly type?: string },
): Promise<KubeAnswer> {
  const { server, insecure, ca, token, certificate, key, serverName } = context;
  const start = server.startsWith('http://') ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = start(`${server}${call.path}`, {
      method: call.method,
      rejectUnauthorized: !insecure,
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': call.type ?? 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate, key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    request.once('error', (cause) =>
      reject(
        new Failure(`${server} cannot be reached: ${cause.message}`, { exitCode: exitCodes.general, cause }),
      ),
    );
    request.once('response', (response) => {
      response
        .setEncoding('utf8')
        .toArray()
        .then(
          (chunks) => resolve({ status: response.statusCode ?? 0, body: parsed(chunks.join('')) }),
          reject,
        );
    });
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}
