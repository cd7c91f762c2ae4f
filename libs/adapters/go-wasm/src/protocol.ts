import type { JsonObject, JsonValue } from '@tiphys/model';
import type { GoLibrary } from '@tiphys/ports';

/** One call of the module; the Go side is `tools/wasm/main.go`. */
export type GoRequest =
  | {
      readonly operation: 'render' | 'evaluate';
      readonly texts: readonly string[];
      readonly data: JsonValue;
      /** Absent for sprig alone. */
      readonly library?: GoLibrary | 'applicationsets';
      /** Of text/template; for ApplicationSets only. */
      readonly options?: readonly string[];
    }
  | {
      readonly operation: 'jqDelete';
      readonly texts: readonly string[];
      readonly data: readonly JsonObject[];
    }
  | { readonly operation: 'maxSatisfying'; readonly constraint: string; readonly texts: readonly string[] };

/** What the module answers for each text. */
export interface GoReply {
  readonly value: unknown;
  readonly text?: string;
  readonly error?: string;
}

/** Worker to owner: that it can be asked, the reply's text, or the end of the module. */
export type WorkerMessage =
  | { readonly ready: true }
  | { readonly reply: string; /** What the module has grown to. */ readonly memoryBytes: number }
  | { readonly crash: string };
