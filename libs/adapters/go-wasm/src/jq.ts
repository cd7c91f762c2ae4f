import { hasCode, TiphysError, type JsonObject } from '@tiphys/model';
import type { Jq } from '@tiphys/ports';
import { parseJson } from '@tiphys/yaml';
import { createPool, type PoolOptions } from './pool.ts';
import type { GoReply } from './protocol.ts';

export interface JqOptions extends Pick<PoolOptions, 'wasmPath' | 'idleMs'> {
  /** Longest time of one expression on the documents of one call, in milliseconds; default 1000. */
  readonly timeoutMs?: number;
  /** How long an expression that had to be stopped is refused at once, in milliseconds; default 60,000. */
  readonly refuseMs?: number;
}

/** One expression that does not end must not hold up the others. */
const WORKERS = 2;

/**
 * jq in workers that are started by the first call and stopped when nobody calls. An expression that had to be
 * stopped is refused for a while, so that it costs its time once and not for each object that it is asked about.
 */
export function createJq({ timeoutMs = 1_000, refuseMs = 60_000, ...options }: JqOptions): Jq {
  const pool = createPool({ ...options, deadlineMs: timeoutMs, workers: WORKERS });
  const refused = new Map<string, { readonly until: number; readonly error: TiphysError }>();

  const deleteOne = async (
    expression: string,
    documents: readonly JsonObject[],
  ): Promise<readonly JsonObject[]> => {
    const known = refused.get(expression);
    if (known !== undefined && performance.now() < known.until) throw known.error;
    refused.delete(expression);
    try {
      return documentsOf(await pool.call({ operation: 'jqDelete', texts: [expression], data: documents }));
    } catch (error) {
      const told = explained(expression, error, timeoutMs);
      if (isStop(told)) refused.set(expression, { until: performance.now() + refuseMs, error: told });
      throw told;
    }
  };
  return {
    async deleteAll(expressions, documents) {
      let result = documents;
      for (const expression of expressions) result = await deleteOne(expression, result);
      return result;
    },
    close: () => pool.close(),
  };
}

function documentsOf(text: string): readonly JsonObject[] {
  const [reply] = parseJson(text, 'what jq gave') as unknown as readonly GoReply[];
  if (reply === undefined) throw new TiphysError('internal', 'jq gave no answer');
  if (reply.error !== undefined) throw new TiphysError('invalid', reply.error);
  return reply.value as readonly JsonObject[];
}

const isStop = (error: TiphysError): boolean =>
  hasCode(error, 'deadline') || hasCode(error, 'resource-exhausted');

function explained(expression: string, cause: unknown, timeoutMs: number): TiphysError {
  const name = `jq expression '${expression}'`;
  if (!(cause instanceof TiphysError)) return new TiphysError('internal', `${name} failed`, { cause });
  switch (cause.code) {
    case 'deadline':
      return new TiphysError('deadline', `${name} was stopped: it did not end within ${timeoutMs} ms`, {
        cause,
      });
    case 'resource-exhausted':
      return new TiphysError('resource-exhausted', `${name} was stopped: ${cause.message}`, { cause });
    default:
      return new TiphysError(cause.code, `${name}: ${cause.message}`, { cause });
  }
}
