import { asJson } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { EventLog } from '../events/event-log.ts';
import { filterOf } from './appset-filter.ts';
import { refIn } from './appset-finder.ts';
import type { AppSetFinder } from './appset-finder.ts';
import { treeOf } from './resource-tree.ts';

export interface ReadServiceParts {
  readonly store: ObjectStore<ApplicationSet>;
  readonly finder: AppSetFinder;
  readonly events: EventLog;
}

const SERVICE = '/applicationset.ApplicationSetService';

/** Lists and gets ApplicationSets, their trees and their events. */
export class ReadService {
  readonly #parts: ReadServiceParts;

  constructor(parts: ReadServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      [`${SERVICE}/List`]: (request, caller) => this.#list(request, caller),
      [`${SERVICE}/Get`]: (request, caller) => asJson(this.#get(request, caller)),
      [`${SERVICE}/ResourceTree`]: (request, caller) => treeOf(this.#get(request, caller)),
      [`${SERVICE}/ListResourceEvents`]: (request, caller) =>
        this.#parts.events.of(this.#get(request, caller)),
    },
  };

  #list(request: JsonObject, { claims }: Caller): JsonObject {
    const { finder, store } = this.#parts;
    const selects = filterOf(request);
    const items = [...finder.visible(claims)].filter(selects).sort(byName);
    return {
      metadata: { resourceVersion: store.resourceVersion },
      ...(items.length === 0 ? {} : { items: items.map(asJson) }),
    };
  }

  #get(request: JsonObject, { claims }: Caller): ApplicationSet {
    return this.#parts.finder.find(claims, refIn(request), {
      action: 'get',
      absent: (name) => `error getting ApplicationSet: applicationset.argoproj.io "${name}" not found`,
    });
  }
}

const nameOf = ({ metadata: { name = '', namespace = '' } }: ApplicationSet): string =>
  `${name}\u0000${namespace}`;

const byName = (a: ApplicationSet, b: ApplicationSet): number => {
  const [left, right] = [nameOf(a), nameOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};
