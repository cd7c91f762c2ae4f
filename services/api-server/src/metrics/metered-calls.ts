import { statusOf } from '@tiphys/adapter-argo-api';
import type { ApiCalls, Call, MethodShape } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import type { CallMeter } from './call-metrics.ts';
import type { ServerMetrics } from './server-metrics.ts';

const LOGIN = '/session.SessionService/Create';

/** Counts every call of the API; logins by themselves as well. */
export function metered(calls: ApiCalls, server: ServerMetrics): ApiCalls {
  const metrics = server.calls;
  const replied = async (
    method: MethodShape,
    run: (meter: CallMeter) => Promise<JsonObject>,
  ): Promise<JsonObject> => {
    const meter = metrics.begin(method);
    try {
      const reply = await run(meter);
      meter.sent();
      meter.ended(0);
      if (method.path === LOGIN) server.login(true);
      return reply;
    } catch (error) {
      meter.ended(statusOf(error).code);
      if (method.path === LOGIN) server.login(false);
      throw error;
    }
  };
  return {
    isOpen: (method) => calls.isOpen(method),
    async admit(method: MethodShape, call: Call): Promise<void> {
      try {
        await calls.admit(method, call);
      } catch (error) {
        metrics.begin(method).ended(statusOf(error).code);
        throw error;
      }
    },
    unary: (method, request, call) =>
      replied(method, (meter) => {
        meter.received();
        return calls.unary(method, request, call);
      }),
    upload: (method, requests, call) =>
      replied(method, (meter) =>
        calls.upload(
          method,
          counted(requests, () => meter.received()),
          call,
        ),
      ),
    async *stream(method: MethodShape, request: JsonObject, call: Call): AsyncGenerator<JsonObject> {
      const meter = metrics.begin(method);
      meter.received();
      let code = 1;
      try {
        for await (const message of calls.stream(method, request, call)) {
          meter.sent();
          yield message;
        }
        code = 0;
      } catch (error) {
        code = statusOf(error).code;
        throw error;
      } finally {
        meter.ended(code);
      }
    },
  };
}

async function* counted<T>(messages: AsyncIterable<T>, count: () => void): AsyncGenerator<T> {
  for await (const message of messages) {
    count();
    yield message;
  }
}
