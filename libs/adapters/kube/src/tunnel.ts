import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { TiphysError } from '@tiphys/model';

/**
 * Connects through an HTTP proxy by CONNECT, then as `connect` does. A user and password in the proxy's URL are sent
 * to the proxy alone and never get into a message. Throws `invalid` for a URL that is not http:// or https://.
 */
export function tunnelConnector(
  proxyUrl: string,
  connect: buildConnector.connector,
  timeoutMs: number,
): buildConnector.connector {
  const proxy = proxyOf(proxyUrl);
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80');
    openTunnel(proxy, `${options.hostname}:${port}`, timeoutMs).then(
      (httpSocket) => {
        if (options.protocol === 'https:') connect({ ...options, httpSocket }, callback);
        else callback(null, httpSocket);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

/** @throws TiphysError `invalid` for a URL that is not http:// or https://. */
export function proxyOf(proxyUrl: string): URL {
  const proxy = URL.canParse(proxyUrl) ? new URL(proxyUrl) : undefined;
  if (proxy === undefined || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')) {
    throw new TiphysError('invalid', 'the proxy URL must be http:// or https://');
  }
  return proxy;
}

/** A connection to `host:port` that the proxy made. */
export function openTunnel(proxy: URL, target: string, timeoutMs: number): Promise<Socket> {
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      timeout: timeoutMs,
    });
    const fail = (why: string, cause?: unknown): void => {
      reject(new TiphysError('unavailable', `proxy ${proxy.host}, CONNECT ${target}: ${why}`, { cause }));
      request.destroy();
    };
    request.once('connect', (response, socket: Socket) => {
      if (response.statusCode !== 200) return fail(`HTTP ${response.statusCode}`);
      socket.setTimeout(0);
      resolve(socket);
    });
    request.once('response', (response) => fail(`HTTP ${response.statusCode}`));
    request.once('timeout', () => fail(`no answer within ${timeoutMs} ms`));
    request.on('error', (cause: NodeJS.ErrnoException) => fail(cause.code ?? cause.message, cause));
    request.end();
  });
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
