import type { JsonValue, KubeObject } from '@tiphys/model';

/** One run of a Lua script over one object. */
export interface LuaTask {
  readonly script: string;
  /** What the script finds as the global `obj`. */
  readonly object: KubeObject;
  /** True gives the script `string`, `math`, `coroutine` and `bit32`, too; files and processes it never gets. */
  readonly openLibs: boolean;
  /** What the script finds as the global `actionParams`; absent for none. */
  readonly params?: Readonly<Record<string, string>>;
}

/**
 * How a run ended. `value`: what the script returned last, undefined for nil, with the name of its Lua type.
 * `failed`: the script's own error. `stopped`: it took too much time or memory, or did so a moment ago; running it is
 * refused for `retryAfterMs`.
 */
export type LuaOutcome =
  | { readonly type: 'value'; readonly value: JsonValue | undefined; readonly luaType: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'stopped'; readonly message: string; readonly retryAfterMs: number };

/**
 * Runs scripts that nobody vouches for, Lua 5.2, apart from the caller's thread. A run never rejects for what its
 * script does; one that loops or eats memory ends below 2 s and holds up no other.
 */
export interface LuaRunner {
  /** Outcomes in the order of the tasks. Rejects with `canceled` once closed. */
  run(tasks: readonly LuaTask[]): Promise<readonly LuaOutcome[]>;
  close(): Promise<void>;
}
