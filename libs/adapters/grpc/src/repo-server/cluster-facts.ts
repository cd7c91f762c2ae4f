import { createHash } from 'node:crypto';

export interface ClusterFacts {
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
}

/** Trailer by which a server asks for facts that it was only given the digest of. */
export const SEND_FACTS = 'tiphys-send-facts';

const MAX_FACTS = 256;

/** Remembers facts by their digest. */
export class FactsStore {
  readonly #known = new Map<string, ClusterFacts>();

  get(id: string): ClusterFacts | undefined {
    return this.#known.get(id);
  }

  set(id: string, facts: ClusterFacts): void {
    this.#known.delete(id);
    this.#known.set(id, facts);
    if (this.#known.size <= MAX_FACTS) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Digests of lists, computed once a list: callers pass the same array again and again. */
export class FactsDigests {
  readonly #digests = new WeakMap<readonly string[], Map<string, string>>();

  of(facts: ClusterFacts): string {
    const known = this.#digests.get(facts.apiVersions) ?? new Map<string, string>();
    this.#digests.set(facts.apiVersions, known);
    const digest = known.get(facts.kubeVersion) ?? digestOf(facts);
    known.set(facts.kubeVersion, digest);
    return digest;
  }
}

/** The digest that names facts. */
export const digestOf = (facts: ClusterFacts): string =>
  createHash('sha256')
    .update([facts.kubeVersion, ...facts.apiVersions].join('\n'))
    .digest('hex');
