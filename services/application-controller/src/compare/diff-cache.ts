import { FIELD_MANAGER, type Application, type KubeObject } from '@tiphys/model';
import { isOptionOn } from '@tiphys/sync-plan';
import { compareObject, type CompareOptions, type Comparison } from '@tiphys/diff';

interface Entry {
  readonly target: KubeObject;
  readonly resourceVersion: string;
  readonly rules: unknown;
  readonly result: Comparison;
}

export interface DiffRequest {
  readonly target: KubeObject;
  readonly live: KubeObject;
  readonly app: Application;
}

/**
 * Remembers comparisons by live object: a pair is compared anew only when the desired object (by identity), the live
 * version or the ignore rules changed.
 */
export class DiffCache {
  readonly #entries = new Map<string, Entry>();
  readonly #options: CompareOptions;

  constructor(options: CompareOptions) {
    this.#options = options;
  }

  compare({ target, live, app }: DiffRequest): Comparison {
    const key = live.metadata.uid ?? '';
    const resourceVersion = live.metadata.resourceVersion ?? '';
    const rules = app.spec.ignoreDifferences ?? [];
    const known = this.#entries.get(key);
    if (
      known?.target === target &&
      known.resourceVersion === resourceVersion &&
      sameRules(known.rules, rules)
    ) {
      return known.result;
    }
    const onServer = isOptionOn('ServerSideApply', target, app.spec.syncPolicy?.syncOptions ?? []);
    const options = {
      ...this.#options,
      ignoreDifferences: rules,
      ...(onServer ? { serverSideManager: FIELD_MANAGER } : {}),
    };
    const result = compareObject({ target, live, options });
    this.#entries.set(key, { target, resourceVersion, rules, result });
    return result;
  }

  /** Drops what is known of objects that are no longer compared. */
  retain(uids: ReadonlySet<string>): void {
    for (const uid of this.#entries.keys()) if (!uids.has(uid)) this.#entries.delete(uid);
  }
}

const sameRules = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
