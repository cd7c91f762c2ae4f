import { annotations } from '@tiphys/model';
import type { Application, ApplicationSet } from '@tiphys/model';
import { gitPlacesOf } from '@tiphys/appset-generate';
import type { GoRuntime } from '@tiphys/ports';
import { candidatesFor, matchPlace } from '@tiphys/webhooks';
import type { Ask, Change, RevisionMatch } from '@tiphys/webhooks';

/** What a change asks of an Application or of an ApplicationSet. */
export type Asked =
  | { readonly kind: 'application'; readonly object: Application; readonly annotations: readonly string[] }
  | {
      readonly kind: 'application-set';
      readonly object: ApplicationSet;
      readonly annotations: readonly string[];
    };

const ANNOTATIONS: Readonly<Record<Ask, string>> = {
  refresh: annotations.refresh,
  hydrate: annotations.hydrate,
};

/** Finds whom a change is about. */
export class Affected {
  readonly #go: GoRuntime;

  constructor(go: GoRuntime) {
    this.#go = go;
  }

  async by(
    change: Change,
    apps: Iterable<Application>,
    appsets: Iterable<ApplicationSet>,
  ): Promise<readonly Asked[]> {
    const satisfies = this.#ranges();
    const found: Asked[] = [];
    for (const app of apps) {
      const wanted = await this.#wanted(app, change, satisfies);
      if (wanted.length > 0) found.push({ kind: 'application', object: app, annotations: wanted });
    }
    for (const appset of appsets) {
      if (await this.#isAbout(appset, change, satisfies)) {
        const wanted = [annotations.applicationSetRefresh];
        found.push({ kind: 'application-set', object: appset, annotations: wanted });
      }
    }
    return found;
  }

  async #wanted(app: Application, change: Change, satisfies: Satisfies): Promise<readonly string[]> {
    const wanted = new Set<string>();
    for (const { ask, match } of candidatesFor(app, change)) {
      const key = ANNOTATIONS[ask];
      if (!wanted.has(key) && (await satisfies(match))) wanted.add(key);
    }
    return [...wanted];
  }

  async #isAbout(appset: ApplicationSet, change: Change, satisfies: Satisfies): Promise<boolean> {
    if (change.kind !== 'git') return false;
    for (const { repoURL, revision } of gitPlacesOf(appset)) {
      // A templated address or revision is known once it is generated: it may be this one.
      const place = { repoURL, targetRevision: revision.includes('{{') ? change.revision : revision };
      if (await satisfies(matchPlace(place, change))) return true;
    }
    return false;
  }

  /** Each range is asked about once for a change, however many follow it. */
  #ranges(): Satisfies {
    const known = new Map<string, Promise<boolean>>();
    return async (match) => {
      if (typeof match === 'string') return match === 'yes';
      const { constraint, version } = match;
      const key = JSON.stringify([constraint, version]);
      const asked = known.get(key) ?? this.#satisfies(constraint, version);
      known.set(key, asked);
      return await asked;
    };
  }

  /** What is no range follows nothing. */
  async #satisfies(constraint: string, version: string): Promise<boolean> {
    try {
      return (await this.#go.maxSatisfying(constraint, [version])) !== undefined;
    } catch {
      return false;
    }
  }
}

type Satisfies = (match: RevisionMatch) => Promise<boolean>;
