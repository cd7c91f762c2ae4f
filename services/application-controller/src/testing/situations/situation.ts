import type { KnownDifference } from '@tiphys/testing/recordings';
import type { Stage } from '../stage.ts';

/** How a recorded situation is played again. */
export interface Situation {
  readonly name: string;
  /** Number of the commit that `main` was at in the beginning. */
  readonly at: number;
  readonly play?: (stage: Stage) => Promise<void>;
  /** A situation that must have been played before, on the same objects. */
  readonly after?: string;
  /** The Application is there from the situation before. */
  readonly isContinued?: boolean;
  readonly hasNamespace?: false;
  readonly known?: readonly KnownDifference[];
}
