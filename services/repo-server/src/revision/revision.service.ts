import { LRUCache } from 'lru-cache';
import { identityOf } from '@tiphys/adapter-git';
import type { GitSource, RenderSource } from '@tiphys/ports';
import { artifactName, artifactSourceOf, isArtifact, type Artifacts } from '../artifacts.ts';

export interface RevisionServiceOptions {
  readonly git: GitSource;
  readonly artifacts: Artifacts;
  /** Milliseconds that a list of refs or versions may be old when nobody asked for a refresh. */
  readonly maxAgeMs: number;
  readonly now: () => number;
}

export interface ResolveOptions {
  readonly refresh?: boolean;
}

interface Known {
  readonly at: number;
  readonly revision: Promise<string>;
}

/** Turns what users write as a revision into what stays the same for ever. */
export class RevisionService {
  readonly #options: RevisionServiceOptions;
  readonly #artifacts = new LRUCache<string, Known>({ max: 5_000 });

  constructor(options: RevisionServiceOptions) {
    this.#options = options;
  }

  async resolve(asked: RenderSource, options: ResolveOptions = {}): Promise<string> {
    const { source, repository, revision } = asked;
    if (revision !== undefined && revision !== '') return revision;
    if (isArtifact(source, repository)) return this.#resolveArtifact(asked, options);
    return this.#options.git.resolve(repository, {
      revision: source.targetRevision ?? '',
      maxAgeMs: options.refresh === true ? 0 : this.#options.maxAgeMs,
      ...(source.tagPrefix === undefined ? {} : { tagPrefix: source.tagPrefix }),
    });
  }

  #resolveArtifact({ source, repository }: RenderSource, options: ResolveOptions): Promise<string> {
    const { artifacts, maxAgeMs, now } = this.#options;
    const name = artifactName(source);
    const version = source.targetRevision ?? '';
    const key = JSON.stringify([identityOf(repository), name, version]);
    const known = this.#artifacts.get(key);
    if (known !== undefined && options.refresh !== true && now() - known.at < maxAgeMs) return known.revision;
    const revision = artifactSourceOf(artifacts, repository).resolve(repository, name, version);
    const entry = { at: now(), revision };
    this.#artifacts.set(key, entry);
    revision.catch(() => {
      if (this.#artifacts.get(key) === entry) this.#artifacts.delete(key);
    });
    return revision;
  }
}
