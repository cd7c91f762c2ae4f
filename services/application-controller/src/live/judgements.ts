import type { HealthStatus, KubeObject, ResourceKey } from '@tiphys/model';
import type { LiveIndex } from './live-index.ts';
import type { LiveObject } from './live-object.ts';
import { PENDING, type ScriptedHealth } from './scripted-health.ts';

/** The scripts that are under way over objects of one view. */
export class Judgements {
  readonly #scripted: ScriptedHealth | undefined;
  readonly #index: LiveIndex;
  readonly #onChange: (object: LiveObject) => void;
  readonly #underWay = new Map<ResourceKey, Promise<void>>();
  #stopped = false;

  constructor(
    scripted: ScriptedHealth | undefined,
    index: LiveIndex,
    onChange: (object: LiveObject) => void,
  ) {
    this.#scripted = scripted;
    this.#index = index;
    this.#onChange = onChange;
  }

  /** Has the script of an object that came into the index say how it is; nothing for kinds without one. */
  begin(object: KubeObject, next: LiveObject, before: LiveObject | undefined): void {
    if (next.health !== PENDING || this.#scripted === undefined) return;
    const known = before?.uid === next.uid ? before.health : PENDING;
    const run = this.#scripted
      .judge(object, (health) => this.#take(next, health, known))
      .finally(() => {
        if (this.#underWay.get(next.key) === run) this.#underWay.delete(next.key);
      });
    this.#underWay.set(next.key, run);
  }

  /** The object as it will be if its script says what it said before. */
  expected(next: LiveObject, before: LiveObject): LiveObject {
    return next.health === PENDING ? { ...next, health: before.health } : next;
  }

  /** Resolves when each object of an Application has been judged. */
  async ended(instance: string): Promise<void> {
    if (this.#underWay.size === 0) return;
    await Promise.all(
      [...this.#index.ofInstance(instance)].flatMap(({ key }) => this.#underWay.get(key) ?? []),
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  #take(judged: LiveObject, health: HealthStatus | undefined, known: HealthStatus | undefined): boolean {
    const now = this.#index.get(judged.key);
    if (this.#stopped || now?.uid !== judged.uid || now.resourceVersion !== judged.resourceVersion)
      return false;
    const { health: before } = now;
    this.#index.put({ ...now, health });
    if (!isSame(health, before === PENDING ? known : before)) this.#onChange(now);
    return true;
  }
}

const isSame = (a: HealthStatus | undefined, b: HealthStatus | undefined): boolean =>
  a?.status === b?.status && a?.message === b?.message;
