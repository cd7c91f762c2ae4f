import type { JsonObject } from '@tiphys/model';
import type { GeneratorInputs, Params } from '../inputs.ts';
import type { Dialect } from '../templates/render.ts';

/** What every generator may use. */
export interface Generation {
  readonly inputs: GeneratorInputs;
  readonly dialect: Dialect;
  /** Runs a generator inside of another one, with the parameters of its sibling put into it. */
  readonly nested: (generator: JsonObject, params: Params) => Promise<readonly Params[]>;
}

/** Yields parameters out of the object behind the key of its kind. */
export type Generator = (generator: JsonObject, generation: Generation) => Promise<readonly Params[]>;
