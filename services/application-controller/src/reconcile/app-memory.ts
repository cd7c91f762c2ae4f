import type { CompareOptions } from '@tiphys/diff';
import { DiffCache } from '../compare/diff-cache.ts';
import type { Desired } from '../compare/desired.ts';
import type { RefreshLevel } from './refresh.ts';

/** What the controller remembers of one Application between two looks. All of it can be lost. */
export class AppMemory {
  /** The desired state that the spec asks for, as of the last look. */
  desired: Desired | undefined;
  readonly diffs: DiffCache;
  /** Digests of what was published last. */
  publishedTree = '';
  publishedResources = '';
  /** Instance name and cluster under which live changes are told. */
  server = '';
  /** Looks in a row that could not read git or the cluster. */
  failures = 0;
  #pending: RefreshLevel | undefined;

  constructor(options: CompareOptions) {
    this.diffs = new DiffCache(options);
  }

  get pending(): RefreshLevel | undefined {
    return this.#pending;
  }

  /** Asks for a look; levels merge by the highest. */
  ask(level: RefreshLevel): void {
    if (this.#pending === undefined || this.#pending < level) this.#pending = level;
  }

  /** Takes what was asked for, before the look begins, so that news during the look makes another one. */
  take(): RefreshLevel | undefined {
    const taken = this.#pending;
    this.#pending = undefined;
    return taken;
  }
}
