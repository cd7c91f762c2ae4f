import type { GitSource, RenderSource } from '@tiphys/ports';

export interface RevisionServiceOptions {
  readonly git: GitSource;
  /** Milliseconds that a list of refs may be old when nobody asked for a refresh. */
  readonly maxAgeMs: number;
}

/** Turns what users write as a revision into what stays the same for ever. */
export class RevisionService {
  readonly #options: RevisionServiceOptions;

  constructor(options: RevisionServiceOptions) {
    this.#options = options;
  }

  async resolve(
    { source, repository, revision }: RenderSource,
    options: { readonly refresh?: boolean } = {},
  ): Promise<string> {
    if (revision !== undefined && revision !== '') return revision;
    return this.#options.git.resolve(repository, {
      revision: source.targetRevision ?? '',
      maxAgeMs: options.refresh === true ? 0 : this.#options.maxAgeMs,
      ...(source.tagPrefix === undefined ? {} : { tagPrefix: source.tagPrefix }),
    });
  }
}
