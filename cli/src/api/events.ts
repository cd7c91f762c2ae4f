import type { IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { isJsonObject, type JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { ApiError } from './api-error.ts';
import { codeOfStatus } from './codes.ts';
import { errorOf, isSuccess } from './rest.ts';
import { streamErrorSchema } from './schemas/server.ts';
import type { HttpCall, Transport } from './transport.ts';

/** The results of one event stream, until the server ends it. Errors inside the stream are ApiErrors. */
export async function* readEvents(
  transport: Transport,
  call: Pick<HttpCall, 'path' | 'query' | 'signal'>,
): AsyncGenerator<JsonValue> {
  const response = await transport.send({ ...call, method: 'GET', accept: 'text/event-stream' });
  if (!isSuccess(response)) {
    const text = (await response.setEncoding('utf8').toArray()).join('');
    throw errorOf(response, text, transport);
  }
  const where = `${call.path} of ${transport.target.server}`;
  for await (const { data } of parsedEvents(response)) yield resultOf(parseJson(data, where), transport);
}

async function* parsedEvents(response: IncomingMessage): AsyncGenerator<{ readonly data: string }> {
  const ready: { readonly data: string }[] = [];
  const parser = createParser({ onEvent: ({ data }) => void ready.push({ data }) });
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    parser.feed(chunk);
    yield* ready.splice(0);
  }
}

function resultOf(message: JsonValue, { target }: Transport): JsonValue {
  if (!isJsonObject(message)) return message;
  const failure = streamErrorSchema.safeParse(message['error']);
  if (failure.success)
    throw new ApiError(
      failure.data.grpc_code ?? codeOfStatus(500),
      failure.data.message ?? '',
      target.server,
    );
  return message['result'] ?? null;
}
