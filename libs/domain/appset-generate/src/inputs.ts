import type { JsonObject } from '@tiphys/model';

/** What a generator yields for one Application. */
export type Params = JsonObject;

/** A cluster that Applications may be generated for. */
export interface GeneratorCluster {
  readonly name: string;
  readonly server: string;
  /** The project that it belongs to; empty for none. */
  readonly project: string;
  /** Labels and annotations of its secret; undefined for the cluster of the control plane, which has none. */
  readonly metadata?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
}

/** Where a git generator looks. */
export interface GitPlace {
  readonly repoURL: string;
  /** Branch, tag or commit; empty for the default branch. */
  readonly revision: string;
}

export type Rendered =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** What generators are told of the world; whoever generates brings it. */
export interface GeneratorInputs {
  readonly clusters: () => readonly GeneratorCluster[];
  /** All directories at a revision, from the root, without hidden ones. */
  readonly directories: (place: GitPlace) => Promise<readonly string[]>;
  /** Texts of the files at a revision that one of the patterns names, by path. */
  readonly files: (place: GitPlace, patterns: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Renders Go templates over the same parameters, each on its own. */
  readonly renderGo: (
    texts: readonly string[],
    params: Params,
    options: readonly string[],
  ) => Promise<readonly Rendered[]>;
}
