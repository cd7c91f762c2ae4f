import { TiphysError, type JsonValue } from '@tiphys/model';
import type { GoLibrary, GoResult, GoRuntime } from '@tiphys/ports';
import type { GoReply, GoRequest } from './protocol.ts';
import { createPool, type PoolOptions } from './pool.ts';

export type GoRuntimeOptions = Omit<PoolOptions, 'workers'>;

/**
 * Runs the Go module in a worker that is started by the first call, replaced after a call that did not end or used
 * up its memory, and stopped when nobody calls. Calls run one after the other; a bad one harms no other.
 */
export function createGoRuntime(options: GoRuntimeOptions): GoRuntime {
  const pool = createPool(options);
  const ask = {
    call: async (request: GoRequest) => JSON.parse(await pool.call(request)) as readonly GoReply[],
  };
  const one = async (request: GoRequest): Promise<GoReply> => {
    const [reply] = await ask.call(request);
    if (reply === undefined) throw new TiphysError('internal', 'the Go module gave no answer');
    if (reply.error !== undefined) throw new TiphysError('invalid', reply.error);
    return reply;
  };
  return {
    renderTemplate: async (template, data) =>
      textOf(await one({ operation: 'render', texts: [template], data })),
    renderAll: async (templates, data, library) => {
      if (templates.length === 0) return [];
      const replies = await ask.call({ operation: 'render', texts: templates, data, ...inLibrary(library) });
      return replies.map((reply) => resultOf(reply, textOf));
    },
    renderApplicationSet: async (templates, data, options) => {
      if (templates.length === 0) return [];
      const request = {
        operation: 'render',
        texts: templates,
        data,
        library: 'applicationsets',
        options,
      } as const;
      return (await ask.call(request)).map((reply) => resultOf(reply, textOf));
    },
    evaluate: async (expression, env) =>
      valueOf(await one({ operation: 'evaluate', texts: [expression], data: env })),
    evaluateAll: async (expressions, env, library) => {
      if (expressions.length === 0) return [];
      const replies = await ask.call({
        operation: 'evaluate',
        texts: expressions,
        data: env,
        ...inLibrary(library),
      });
      return replies.map((reply) =>
        resultOf(reply, (done) => ({ value: valueOf(done), text: done.text ?? '' })),
      );
    },
    maxSatisfying: async (constraint, versions) => {
      const { value } = await one({ operation: 'maxSatisfying', constraint, texts: versions });
      return typeof value === 'string' ? value : undefined;
    },
    close: () => pool.close(),
  };
}

const inLibrary = (library: GoLibrary | undefined): { readonly library?: GoLibrary } =>
  library === undefined ? {} : { library };

const resultOf = <T>(reply: GoReply, read: (reply: GoReply) => T): GoResult<T> =>
  reply.error === undefined ? { ok: true, value: read(reply) } : { ok: false, message: reply.error };

const textOf = ({ value }: GoReply): string => (typeof value === 'string' ? value : '');

const valueOf = ({ value }: GoReply): JsonValue => (value ?? null) as JsonValue;
