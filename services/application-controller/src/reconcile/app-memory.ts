import { DiffCache, type DiffTools } from '../compare/diff-cache.ts';
import type { Desired } from '../compare/desired.ts';
import type { WavePause } from '../operation/wave-pause.ts';
import type { RefreshLevel } from './refresh.ts';

const MAX_PAIRS = 50;

/** What the controller remembers of one Application between two looks. All of it can be lost. */
export class AppMemory {
  /** The desired state that the spec asks for, as of the last look. */
  desired: Desired | undefined;
  /** What that followed from beside the revisions, of an Application that names the paths it is made from. */
  inputs: string | undefined;
  readonly diffs: DiffCache;
  /** Digests of what was published last. */
  publishedTree = '';
  publishedResources = '';
  /** Instance name and cluster under which live changes are told. */
  server = '';
  /** The namespace whose orphans the project asks for; empty for none. */
  orphanNamespace = '';
  /** Looks in a row that could not read git or the cluster. */
  failures = 0;
  /** The rest between two waves of the operation under way. */
  pause: WavePause | undefined;
  /** When the caches were last left aside, in milliseconds since the epoch. */
  hardAt: number;
  /** Dependencies that saw another commit of a common branch, as they were when they were last asked to look. */
  askedBehind = '';
  /** The hold that the last comparison was made under; undefined before the first. */
  hold: string | undefined;
  /** The sync policy that the last comparison was followed up by; undefined before the first. */
  policy: { readonly text: string; readonly isAutomated: boolean } | undefined;
  /** Which commits touch the paths that the Application is made from, by pair. */
  readonly touched = new Map<string, boolean>();
  #pending: RefreshLevel | undefined;

  constructor(tools: DiffTools, now: number) {
    this.hardAt = now;
    this.diffs = new DiffCache(tools);
  }

  get pending(): RefreshLevel | undefined {
    return this.#pending;
  }

  /** Keeps an answer about a pair of commits; only the last few are of use. */
  remember(pair: string, isTouched: boolean): void {
    if (this.touched.size >= MAX_PAIRS) this.touched.clear();
    this.touched.set(pair, isTouched);
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
