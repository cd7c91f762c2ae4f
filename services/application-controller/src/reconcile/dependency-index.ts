import { ownAnnotations, type Application } from '@tiphys/model';
import { dependentsOf, parseDependencies, readinessOf, type AppKey } from '@tiphys/sync-plan';

/** Who depends on whom, and whom a change concerns. Filled by every change of an Application. */
export class DependencyIndex {
  readonly #dependencies = new Map<AppKey, readonly AppKey[]>();
  readonly #dependents = new Map<AppKey, Set<AppKey>>();

  /** What an Application depends on directly, in the order of its annotation. */
  readonly dependenciesOf = (key: AppKey): readonly AppKey[] => this.#dependencies.get(key) ?? [];

  /** Takes a change in and tells which Applications have to look again: those that wait, or are in a cycle, by it. */
  take(key: AppKey, before: Application | undefined, after: Application | undefined): ReadonlySet<AppKey> {
    const old = this.dependenciesOf(key);
    const fresh = after === undefined ? [] : dependenciesIn(after);
    if (old.join() === fresh.join()) return this.#waitersOn(key, before, after);
    const leading = this.#leadingTo(key);
    this.#set(key, old, fresh);
    return new Set([...leading, ...this.#leadingTo(key), ...(after === undefined ? [] : [key])]);
  }

  #waitersOn(key: AppKey, before: Application | undefined, after: Application | undefined) {
    const waiters = this.#dependents.get(key);
    if (waiters === undefined || readinessOf(before) === readinessOf(after)) return new Set<AppKey>();
    return waiters;
  }

  #leadingTo(key: AppKey): ReadonlySet<AppKey> {
    return dependentsOf(key, (of) => [...(this.#dependents.get(of) ?? [])]);
  }

  #set(key: AppKey, old: readonly AppKey[], fresh: readonly AppKey[]): void {
    for (const dependency of old) {
      const others = this.#dependents.get(dependency);
      others?.delete(key);
      if (others?.size === 0) this.#dependents.delete(dependency);
    }
    for (const dependency of fresh) {
      const others = this.#dependents.get(dependency) ?? new Set();
      this.#dependents.set(dependency, others.add(key));
    }
    if (fresh.length === 0) this.#dependencies.delete(key);
    else this.#dependencies.set(key, fresh);
  }
}

const dependenciesIn = ({ metadata }: Application): readonly AppKey[] =>
  parseDependencies(metadata.annotations?.[ownAnnotations.dependsOn], metadata.namespace ?? '');
