import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { messageOf } from '@tiphys/model';
import * as oidc from 'openid-client';
import type { Target } from '../config/target.ts';
import { exitCodes, Failure } from '../program/failure.ts';
import type { SsoProvider } from './provider.ts';

const MAX_ANSWER = 1024 * 1024;
const DEADLINE_MS = 30_000;

/** The provider as its discovery tells of it. Certificates count as they do for the server (--server-crt, --insecure). */
export async function discover(provider: SsoProvider, target: Target): Promise<oidc.Configuration> {
  const issuer = URL.parse(provider.issuer);
  if (issuer === null) throw new Failure(`The server names '${provider.issuer}' as its identity provider.`);
  const execute = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
  try {
    return await oidc.discovery(issuer, provider.clientId, undefined, oidc.None(), {
      execute,
      [oidc.customFetch]: fetchFor(target),
    });
  } catch (cause) {
    throw providerFailure(provider.issuer, cause);
  }
}

/** What went wrong between this program and the provider. */
export function providerFailure(issuer: string, cause: unknown): Failure {
  const detail = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return new Failure(`The identity provider ${issuer} cannot be used: ${messageOf(cause)}${detail}`, {
    exitCode: exitCodes.general,
    cause,
  });
}

const fetchFor = (target: Target): oidc.CustomFetch => {
  const proxied = { proxyEnv: process.env };
  const tls = {
    rejectUnauthorized: !target.insecure,
    ...(target.ca === undefined ? {} : { ca: [...rootCertificates, target.ca] }),
  };
  const agents = { 'http:': new HttpAgent(proxied), 'https:': new HttpsAgent({ ...proxied, ...tls }) };
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const secure = new URL(url).protocol === 'https:';
      const start = secure ? httpsRequest : httpRequest;
      const agent = agents[secure ? 'https:' : 'http:'];
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const request = start(url, { agent, method, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER) request.destroy(new Error('the answer is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () => {
          const type = response.headers['content-type'] ?? '';
          resolve(
            new Response(Buffer.concat(chunks), {
              status: response.statusCode ?? 500,
              headers: { 'content-type': type },
            }),
          );
        });
      });
      request.once('error', reject);
      request.end(
        body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : undefined,
      );
    });
};
