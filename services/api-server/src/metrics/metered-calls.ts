import { statusOf } from '@tiphys/adapter-argo-api';
import type { ApiCalls, Call, MethodShape } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import type { ServerMetrics } from './server-metrics.ts';

const LOGIN = '/session.SessionService/Create';

/** Counts every call of the API; logins by themselves as well. */
export function metered(calls: ApiCalls, server: ServerMetrics): ApiCalls {
  const metrics = server.calls;
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
    async unary(method: MethodShape, request: JsonObject, call: Call): Promise<JsonObject> {
      const meter = metrics.begin(method);
      meter.received();
      try {
        const reply = await calls.unary(method, request, call);
        meter.sent();
        meter.ended(0);
        if (method.path === LOGIN) server.login(true);
        return reply;
      } catch (error) {
        meter.ended(statusOf(error).code);
        if (method.path === LOGIN) server.login(false);
        throw error;
      }
    },
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
