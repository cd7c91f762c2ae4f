import type { KubeObject, ResourceRef } from '@tiphys/model';
import type { WriteGateway } from '../write-gateway.ts';

/** One object that is to be written, and how. */
export interface Applying {
  readonly ref: ResourceRef;
  readonly target: KubeObject;
  /** As it was last seen; may be behind. */
  readonly live: KubeObject | undefined;
  readonly gateway: WriteGateway;
  /** Delete and make anew what cannot be changed in place. */
  readonly force: boolean;
  /** False turns the API server's field validation off. */
  readonly validate: boolean;
  /** The managers whose fields become ours before a server-side apply. */
  readonly formerManagers: readonly string[];
}

/** What became of an object. */
export interface Applied {
  /** `created`, `configured`, `replaced`: as kubectl calls it. */
  readonly verb: string;
  /** What kubectl says beside it. */
  readonly warning?: string;
}

/** A way of writing an object. `preview` says what `apply` would do, by what is known, and asks nobody. */
export interface ApplyMode {
  readonly apply: (applying: Applying) => Promise<Applied>;
  readonly preview: (applying: Applying) => Applied;
}

/** How often a write is tried again on the newest version of an object that somebody else changed meanwhile. */
export const MAX_CONFLICTS = 5;
