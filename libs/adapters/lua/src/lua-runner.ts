import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { asJson, messageOf, TiphysError } from '@tiphys/model';
import { parseJson, stringifyJson } from '@tiphys/yaml';
import type { LuaOutcome, LuaRunner, LuaTask } from '@tiphys/ports';
import { Cooldowns } from './cooldowns.ts';
import { Pool, type Job } from './pool.ts';

export interface LuaRunnerOptions {
  /** Longest time that a script may run, in milliseconds; default 1000, as in the compatible API. */
  readonly deadlineMs?: number;
  /** A script that ran longer than this no longer holds up the others; default 150 ms. */
  readonly slowMs?: number;
  /** How long a script that had to be stopped is left alone at first, doubling up to ten minutes; default 30,000 ms. */
  readonly cooldownMs?: number;
  /** The worker ends after so long without a task; default 60,000 ms. */
  readonly idleMs?: number;
  /** The interpreter; default the one beside the program, or else in its package. */
  readonly wasmPath?: string;
}

const REMEMBERED = 20_000;

/** Lua in worker threads that come with the first task, are replaced when a script does not end, and go when idle. */
export function createLuaRunner(options: LuaRunnerOptions = {}): LuaRunner {
  const { deadlineMs = 1_000, slowMs = 150, cooldownMs = 30_000, idleMs = 60_000, wasmPath } = options;
  const cooldowns = new Cooldowns(cooldownMs);
  const pool = new Pool({ deadlineMs, slowMs, idleMs, cooldowns, wasmPath });
  const known = new LRUCache<string, LuaOutcome>({ max: REMEMBERED });
  let closed = false;

  const runOne = async (task: LuaTask): Promise<LuaOutcome> => {
    const script = hashOf(task);
    const key = cacheKeyOf(task, script);
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) return before;
    const job: Job = {
      script,
      subject: subjectOf(task),
      task: {
        script: task.script,
        object: stringifyJson(asJson(task.object)),
        openLibs: task.openLibs,
        params: task.params === undefined ? '' : stringifyJson(task.params),
      },
    };
    const answer = await pool.run(job);
    const outcome = typeof answer === 'string' ? readAnswer(answer) : answer;
    if (key !== undefined && outcome.type !== 'stopped') known.set(key, outcome);
    return outcome;
  };
  return {
    run: async (tasks) => {
      if (closed) throw new TiphysError('canceled', 'the Lua runner is closed');
      return await Promise.all(tasks.map(runOne));
    },
    close: async () => {
      closed = true;
      await pool.close();
    },
  };
}

function subjectOf({ object: { kind, metadata } }: LuaTask): string {
  const { uid, namespace = '', name = '' } = metadata;
  return uid ?? `${kind} ${namespace}/${name}`;
}

const hashOf = ({ script, openLibs }: LuaTask): string =>
  createHash('sha256')
    .update(openLibs ? '+' : '-')
    .update(script)
    .digest('base64');

/** The same script over the same version of an object says the same, unless it was given parameters or asks the time. */
function cacheKeyOf({ script, object, params }: LuaTask, hash: string): string | undefined {
  const { uid, resourceVersion } = object.metadata;
  if (params !== undefined || uid === undefined || resourceVersion === undefined) return undefined;
  return /\bos\b/.test(script) ? undefined : `${hash} ${uid} ${resourceVersion}`;
}

/** Reads what the prelude wrote. */
function readAnswer(answer: string): LuaOutcome {
  if (!answer.startsWith('V')) return { type: 'failed', message: answer.slice(1) };
  const at = answer.indexOf('\n');
  const luaType = answer.slice(1, at);
  if (luaType === 'nil') return { type: 'value', luaType, value: undefined };
  try {
    return { type: 'value', luaType, value: parseJson(answer.slice(at + 1), 'what the script returned') };
  } catch (error) {
    return { type: 'failed', message: messageOf(error) };
  }
}
