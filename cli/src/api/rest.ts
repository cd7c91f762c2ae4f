import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '@tiphys/model';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import type * as z from 'zod/mini';
import { exitCodes, Failure } from '../program/failure.ts';
import { ApiError } from './api-error.ts';
import { codeOfStatus } from './codes.ts';
import { NetworkFailure } from './network-failure.ts';
import { errorSchema } from './schemas/server.ts';
import type { HttpCall, Transport } from './transport.ts';

type Schema = z.ZodMiniType;

export interface RestCall<S extends Schema> extends Omit<HttpCall, 'body' | 'accept'> {
  readonly body?: JsonValue;
  readonly schema: S;
}

const BACKOFF_MS = 200;

/** One call of the REST API; the answer is checked. Reads are repeated as often as the target allows. */
export async function callRest<S extends Schema>(
  transport: Transport,
  call: RestCall<S>,
): Promise<z.infer<S>> {
  const { body, schema, ...http } = call;
  const response = await sendWithRetries(transport, {
    ...http,
    ...(body === undefined ? {} : { body: stringifyJson(body) }),
  });
  const text = await textOf(response, transport);
  if (!isSuccess(response)) throw errorOf(response, text, transport);
  return parsed(
    schema,
    parseJson(text === '' ? '{}' : text, whereOf(transport, call)),
    whereOf(transport, call),
  );
}

export const isSuccess = ({ statusCode = 0 }: IncomingMessage): boolean =>
  statusCode >= 200 && statusCode < 300;

/** The value itself where the schema fits, all of it in its own order, or a failure that names its door. */
export function parsed<S extends Schema>(schema: S, value: JsonValue, where: string): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return value as z.infer<S>;
  const [issue] = result.error.issues;
  throw new Failure(
    `${where} answered something else than expected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    { exitCode: exitCodes.general },
  );
}

/** The error that an answer stands for. */
export function errorOf(response: IncomingMessage, text: string, { target }: Transport): Failure {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400)
    return new Failure(
      `${target.server} sends elsewhere: ${response.headers.location ?? 'it does not say where'}`,
      {
        exitCode: exitCodes.general,
        hints: target.plaintext ? ['Leave out --plaintext: the server speaks TLS.'] : [],
      },
    );
  const body = errorSchema.safeParse(jsonOrNothing(text));
  if (!body.success) return new ApiError(codeOfStatus(status), firstLine(text, status), target.server);
  const detail = body.data.message ?? body.data.error ?? '';
  return new ApiError(body.data.code ?? codeOfStatus(status), detail, target.server);
}

const firstLine = (text: string, status: number): string => {
  const line = text.startsWith('<') ? '' : (text.split('\n')[0] ?? '').slice(0, 200);
  return `HTTP ${String(status)}${line === '' ? '' : `: ${line}`}`;
};

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf(response: IncomingMessage, { target }: Transport): Promise<string> {
  try {
    return (await response.setEncoding('utf8').toArray()).join('');
  } catch (error) {
    throw new NetworkFailure(error, target);
  }
}

async function sendWithRetries(transport: Transport, call: HttpCall): Promise<IncomingMessage> {
  const attempts = call.method === 'GET' ? transport.target.retries + 1 : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await transport.send(call);
      if (response.statusCode !== 503 || attempt >= attempts) return response;
      response.resume();
    } catch (error) {
      if (attempt >= attempts || !(error instanceof NetworkFailure)) throw error;
    }
    const { setTimeout: pause } = await import('node:timers/promises');
    await pause(BACKOFF_MS * attempt);
  }
}

const whereOf = ({ target }: Transport, { method, path }: Pick<HttpCall, 'method' | 'path'>): string =>
  `${method} ${path} of ${target.server}`;
