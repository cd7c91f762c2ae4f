import type { JsonObject, JsonValue } from '@tiphys/model';

/** What a three-way merge looks at. */
export interface ThreeWay {
  /** What was applied last; absent where that isn't known, so nothing is cleared. */
  readonly original: JsonObject | undefined;
  /** What is wanted now. */
  readonly modified: JsonObject;
  /** What runs. */
  readonly current: JsonObject;
}

/** The three sides of one list. */
export interface ListSides {
  readonly original: readonly JsonValue[];
  readonly modified: readonly JsonValue[];
  readonly current: readonly JsonValue[];
}

export type Patch = Record<string, JsonValue>;
