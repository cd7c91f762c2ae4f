import type { App } from '../api/schemas/application.ts';
import { formatProgress, keyOf, resourceStates, type ResourceState } from '../output/resource-states.ts';
import type { Terminal } from '../output/terminal.ts';
import { stampOf } from '../output/time.ts';
import type { ChosenResources } from './conditions.ts';

/** Tells what becomes of the objects of one application, line by line, each change once. */
export class Progress {
  private readonly seen = new Map<string, string>();
  private readonly out: Terminal;
  private readonly chosen: ChosenResources;

  constructor(out: Terminal, chosen: ChosenResources) {
    this.out = out;
    this.chosen = chosen;
  }

  /** Prints the objects that changed since the last time. */
  show(app: App, now: Date): void {
    const changed = resourceStates(app).filter((state) => this.isChosen(state) && this.isNews(state));
    if (changed.length === 0) return;
    const withHeader = this.seen.size === 0;
    for (const state of changed) this.seen.set(identityOf(state), JSON.stringify(state));
    this.out.write(formatProgress(changed, { time: stampOf(now), withHeader, paint: this.out.paint }));
  }

  private isChosen(state: ResourceState): boolean {
    return this.chosen === undefined || this.chosen.has(keyOf(state));
  }

  private isNews(state: ResourceState): boolean {
    return this.seen.get(identityOf(state)) !== JSON.stringify(state);
  }
}

/** A hook may run in several phases; each is followed by itself. */
const identityOf = (state: ResourceState): string => `${keyOf(state)}/${state.hook}`;
