import type { JsonObject } from '@tiphys/model';

/** jq as the field knows it, on texts that users wrote: bounded in time and memory, without access to anything. */
export interface Jq {
  /**
   * Each document after `del(<expression>)` for each expression in turn. An expression that fails on a document, or
   * that leaves no single object of it, changes nothing there. Rejects with `invalid` for a text that is no
   * expression, `deadline` for one that does not end and `resource-exhausted` for one that needs too much memory.
   */
  deleteAll(expressions: readonly string[], documents: readonly JsonObject[]): Promise<readonly JsonObject[]>;
  close(): Promise<void>;
}
