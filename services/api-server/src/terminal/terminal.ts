import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type WebSocket from 'ws';
import { dataHeaders, isCrossSite, sendText, tokenCookies, tokenFromCookies } from '@tiphys/adapter-argo-api';
import { TiphysError, isTiphysError } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import type { Clock, Logger } from '@tiphys/ports';
import type { AppResource } from '../applications/resource-actions/app-resources.ts';
import type { Claims } from '../auth/claims.ts';
import type { Renewal } from '../session/renewal.ts';
import type { TerminalRights } from './rights.ts';
import { TerminalSession } from './session.ts';
import { readTarget } from './target.ts';
import type { TerminalTarget } from './target.ts';

export const TERMINAL_PATH = '/terminal';

const SOCKET_OPTIONS = {
  noServer: true,
  maxPayload: 64 * 1024,
  perMessageDeflate: false,
  clientTracking: false,
};
/** Terminals at once: of one caller, and of all. */
const MAX_OF_ONE = 10;
const MAX_OF_ALL = 200;
const IDLE_MS = 15 * 60_000;

export interface TerminalParts {
  readonly rights: TerminalRights;
  readonly renewal: Renewal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** True where the port has TLS. */
  readonly secure: boolean;
  /** Milliseconds after which a terminal ends that nobody types into. Default 15 minutes. */
  readonly idleMs?: number;
}

/** A caller who may have a terminal, and what it is to run in. */
interface Admitted {
  readonly token: string;
  readonly claims: Claims;
  readonly target: TerminalTarget;
  readonly app: Application;
  readonly shells: readonly string[];
  readonly pod: AppResource;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** Terminals in containers of Applications, over websockets. Off unless `exec.enabled` says otherwise. */
export class Terminal {
  readonly #parts: TerminalParts;
  readonly #open = new Map<TerminalSession, string>();

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  /** Answers a request that asks for no websocket. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    try {
      await this.#admit(request, new AbortController().signal);
      sendText(response, 400, 'Bad Request');
    } catch (error) {
      const { status, text } = this.#answerTo(error);
      if (!response.destroyed) sendText(response, status, text);
    }
  }

  /** Takes a connection over. Never rejects. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    socket.on('error', () => socket.destroy());
    try {
      const admitted = await this.#admit(request, gone.signal);
      if (gone.signal.aborted) return;
      this.#accept(request, { socket, head }, admitted);
    } catch (error) {
      refuse(socket, this.#answerTo(error), this.#parts.secure);
    }
  }

  /** Ends all terminals. */
  close(): void {
    for (const session of this.#open.keys()) session.stop('the server ends');
  }

  async #admit(request: IncomingMessage, signal: AbortSignal): Promise<Admitted> {
    const { rights } = this.#parts;
    const token = tokenOf(request);
    if (token === undefined) throw new Refusal(400, 'Auth cookie not found');
    const claims = await this.#caller(token);
    if (!rights.enabled) throw new Refusal(404, 'Not Found');
    if (isForeign(request)) throw new Refusal(403, 'Cross-site requests are refused');
    const target = readTarget(new URLSearchParams((request.url ?? '').split('?')[1] ?? ''));
    const shells = target.shell === undefined ? rights.shells : [target.shell];
    if (shells.some((shell) => !rights.shells.includes(shell))) {
      throw new TiphysError('invalid', 'Invalid parameter: shell');
    }
    if (!rights.isServed(target.appNamespace)) throw new Refusal(403, 'namespace is not permitted');
    const app = this.#application(claims, target);
    const pod = await rights.pod(app, target, signal);
    return { token, claims, target, app, shells, pod };
  }

  async #caller(token: string): Promise<Claims> {
    try {
      return await this.#parts.rights.caller(token);
    } catch (error) {
      if (isTiphysError(error) && error.code === 'unauthenticated') throw new Refusal(401, 'Invalid token');
      throw error;
    }
  }

  #application(claims: Claims, target: TerminalTarget): Application {
    try {
      return this.#parts.rights.application(claims, target);
    } catch (error) {
      if (isTiphysError(error)) throw new Refusal(401, 'permission denied');
      throw error;
    }
  }

  #accept(
    request: IncomingMessage,
    { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
    admitted: Admitted,
  ): void {
    const { claims } = admitted;
    const ofOne = [...this.#open.values()].filter((subject) => subject === claims.subject).length;
    if (ofOne >= MAX_OF_ONE || this.#open.size >= MAX_OF_ALL) {
      throw new Refusal(429, 'too many terminals are open');
    }
    const renewed = this.#parts.renewal.renewed(claims);
    const sockets = new WebSocketServer(SOCKET_OPTIONS);
    if (renewed !== undefined) {
      sockets.on('headers', (lines) => addCookies(lines, renewed, this.#parts.secure));
    }
    sockets.handleUpgrade(request, socket, head, (browser) => {
      void this.#run(browser, request, { ...admitted, renewed: renewed !== undefined });
    });
  }

  async #run(
    browser: WebSocket,
    request: IncomingMessage,
    admitted: Admitted & { readonly renewed: boolean },
  ): Promise<void> {
    const { clock, idleMs = IDLE_MS, renewal } = this.#parts;
    const { claims, target, pod, shells, renewed } = admitted;
    const { namespace, container } = target;
    const session = new TerminalSession({
      browser,
      shells,
      clock,
      idleMs,
      open: (shell, onOutput) =>
        pod.cluster.api.exec({ namespace, pod: target.pod, container, command: [shell] }, onOutput),
      check: () => this.#check(admitted),
      endsSoon: () => !renewed && renewal.isDue(claims),
    });
    this.#open.set(session, claims.subject);
    const record = this.#auditor(request, admitted);
    const started = clock.now();
    record('opened', {});
    const { shell, reason } = await session.run();
    this.#open.delete(session);
    record('closed', { shell, reason, seconds: Math.round((clock.now() - started) / 1_000) });
  }

  /** What was true when the terminal was opened is to be true still. */
  async #check({ token, target }: Admitted): Promise<void> {
    const { rights } = this.#parts;
    rights.application(await rights.caller(token), target);
  }

  #auditor(
    request: IncomingMessage,
    { claims, target }: Admitted,
  ): (decision: string, more: Readonly<Record<string, unknown>>) => void {
    const { app, appNamespace, project, namespace, pod, container } = target;
    const fields = {
      id: randomUUID(),
      user: claims.subject,
      source: request.socket.remoteAddress ?? '',
      object: { app, appNamespace, project, namespace, pod, container },
    };
    return (decision, more) =>
      this.#parts.logger.info('audit', { ...fields, verb: 'terminal', decision, ...more });
  }

  #answerTo(error: unknown): { readonly status: number; readonly text: string } {
    if (error instanceof Refusal) return { status: error.status, text: error.message };
    if (isTiphysError(error) && error.code === 'permission-denied')
      return { status: 401, text: error.message };
    if (isTiphysError(error)) return { status: 400, text: error.message };
    this.#parts.logger.error('a terminal could not be opened', { error });
    return { status: 500, text: 'Internal Server Error' };
  }
}

/** The token of a browser's cookie; programs may send a bearer. */
function tokenOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return bearer?.split('.').length === 3 ? bearer : tokenFromCookies(headers.cookie);
}

/**
 * Browsers let any page open a websocket to any host and send its cookies along, so that the page's own address
 * decides. Some browsers tell only one of the two headers.
 */
function isForeign(request: IncomingMessage): boolean {
  if (isCrossSite(request)) return true;
  const { origin, host } = request.headers;
  const forwarded = request.headers['x-forwarded-host'] ?? host;
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== forwarded);
}

function addCookies(lines: string[], token: string, secure: boolean): void {
  for (const cookie of tokenCookies(token, { path: '/', secure })) lines.push(`Set-Cookie: ${cookie}`);
}

function refuse(
  socket: Duplex,
  { status, text }: { readonly status: number; readonly text: string },
  tls: boolean,
): void {
  if (!socket.writable) return;
  const body = Buffer.from(`${text}\n`);
  const headers = {
    ...dataHeaders(tls),
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(body.length),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(
    Buffer.concat([
      Buffer.from([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n')),
      body,
    ]),
  );
}
