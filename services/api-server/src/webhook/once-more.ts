import { annotationOf } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { Change } from '@tiphys/runtime/watch';
import type { Asked } from './affected.ts';

/**
 * Those who were asked already and have not begun to look, or have begun before the change: they are asked once more
 * when they have looked, so that no change is lost between a look and its end.
 */
export class OnceMore {
  readonly #waiting = new Map<string, Asked>();
  readonly #ask: (asked: Asked) => void;

  constructor(ask: (asked: Asked) => void) {
    this.#ask = ask;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(asked: Asked): void {
    this.#waiting.set(asked.object.metadata.uid ?? '', asked);
  }

  /** Takes in every change of those who may be asked. */
  observe({ type, object }: Pick<Change<KubeObject>, 'type' | 'object'>): void {
    const uid = object.metadata.uid ?? '';
    const asked = this.#waiting.get(uid);
    if (asked === undefined) return;
    if (type === 'DELETED') this.#waiting.delete(uid);
    else if (!isAsked(object, asked.annotations)) {
      this.#waiting.delete(uid);
      this.#ask(asked);
    }
  }
}

/** True where all of it was asked for already. */
export const isAsked = (object: KubeObject, keys: readonly string[]): boolean =>
  keys.every((key) => annotationOf(object, key) !== undefined);
