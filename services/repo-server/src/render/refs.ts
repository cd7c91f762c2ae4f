import { TiphysError } from '@tiphys/model';
import type { GitSource, RenderRequest, RenderSource, RepoRoot } from '@tiphys/ports';
import type { RevisionService } from '../revision/revision.service.ts';
import type { Checkouts } from './checkout.ts';
import { findFiles, type RefFile } from './inputs/helm.ts';
import { contentOf, withLinkTargets, type Input } from './inputs/input.ts';
import { Snapshot } from './snapshot.ts';

/** The files that a render takes from the sources with a `ref`. */
export interface RefInputs {
  readonly revisions: Readonly<Record<string, string>>;
  readonly content: readonly string[];
  /** Lends roots that hold these files, by the ref's name. */
  use<T>(task: (roots: Readonly<Record<string, RepoRoot>>) => Promise<T>): Promise<T>;
}

interface Ref {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly inputs: readonly Input[];
}

export interface RefResolverOptions {
  readonly git: GitSource;
  readonly revisions: RevisionService;
  readonly checkouts: Checkouts;
}

/** Finds what `$name/path` stands for. */
export class RefResolver {
  readonly #options: RefResolverOptions;

  constructor(options: RefResolverOptions) {
    this.#options = options;
  }

  /** Names that no source has are left out: the renderer tells the user which file asked for them. */
  async find(request: RenderRequest, files: readonly RefFile[]): Promise<RefInputs> {
    const names = [...new Set(files.map((file) => file.ref))].sort();
    const refs: Ref[] = [];
    for (const name of names) {
      const source = request.refSources[name] ?? request.refSources[`$${name}`];
      if (source === undefined) continue;
      const paths = files.filter((file) => file.ref === name).map((file) => file.path);
      refs.push(await this.#findOne(name, source, { request, paths }));
    }
    return {
      revisions: Object.fromEntries(refs.map((ref) => [ref.name, ref.snapshot.sha])),
      content: refs.flatMap((ref) => [`$${ref.name}`, ...contentOf(ref.inputs)]),
      use: (task) => this.#lend(refs, {}, task),
    };
  }

  async #findOne(
    name: string,
    source: RenderSource,
    asked: { readonly request: RenderRequest; readonly paths: readonly string[] },
  ): Promise<Ref> {
    if (source.repository.type !== 'git' || source.source.chart !== undefined) {
      throw new TiphysError('invalid', `the source with ref ${name} must be a git repository`);
    }
    const { git, revisions } = this.#options;
    const { refreshRevision, noCache } = asked.request;
    const sha = await revisions.resolve(source, { refresh: refreshRevision || noCache });
    await git.fetch(source.repository, sha);
    const snapshot = new Snapshot(git, source.repository, sha);
    const found = await Promise.all(asked.paths.map((path) => findFiles(snapshot, path, '.')));
    const distinct = new Map(found.flat().map((input) => [input.path, input]));
    return { name, snapshot, inputs: await withLinkTargets(snapshot, [...distinct.values()]) };
  }

  #lend<T>(
    [ref, ...rest]: readonly Ref[],
    roots: Readonly<Record<string, RepoRoot>>,
    task: (roots: Readonly<Record<string, RepoRoot>>) => Promise<T>,
  ): Promise<T> {
    if (ref === undefined) return task(roots);
    return this.#options.checkouts.use(ref.snapshot, ref.inputs, (root) =>
      this.#lend(rest, { ...roots, [ref.name]: root }, task),
    );
  }
}
