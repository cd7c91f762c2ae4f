import type { JsonObject } from '@tiphys/model';
import type { FileDecryptor, RepoRoot, TreeEntry } from '@tiphys/ports';
import type { Checkouts } from './checkout.ts';
import { GitRoot } from './git-root.ts';
import { helmInputs, namedFiles } from './inputs/helm.ts';
import { contentOf, type Input } from './inputs/input.ts';
import { directoryInputs } from './inputs/jsonnet.ts';
import { kustomizationInputs } from './inputs/kustomize.ts';
import type { RenderPlan } from './plan.ts';
import type { RenderedType, Renderers } from './renderers.ts';
import type { RefInputs, RefResolver } from './refs.ts';
import type { GitSourceView } from './source-view.ts';
import { settingsContent } from './tool-content.ts';
import type { Tool, ToolVersions } from './tool-versions.ts';

export interface ToolPlannerOptions {
  readonly renderers: Renderers;
  readonly checkouts: Checkouts;
  readonly refs: RefResolver;
  readonly versions: ToolVersions;
}

/** Plans renders that run a program over files on disk. */
export class ToolPlanner {
  readonly #options: ToolPlannerOptions;

  constructor(options: ToolPlannerOptions) {
    this.#options = options;
  }

  plan(type: Exclude<RenderedType, 'Directory'>, view: GitSourceView): Promise<RenderPlan> {
    switch (type) {
      case 'Helm':
        return this.#planHelm(view);
      case 'Kustomize':
        return this.#planKustomize(view);
    }
  }

  /** Plans a directory whose chosen files have Jsonnet among them. */
  async planJsonnet(view: GitSourceView, chosen: readonly TreeEntry[]): Promise<RenderPlan> {
    return this.#planFor('Directory', view, {
      tool: 'jsonnet',
      inputs: await directoryInputs(view, chosen),
    });
  }

  async #planHelm(view: GitSourceView): Promise<RenderPlan> {
    const { snapshot, top, path } = view;
    const helm = view.source.helm ?? {};
    const inputs = await helmInputs(snapshot, new GitRoot(snapshot), { top, path, helm });
    const refs = await this.#options.refs.find(view.request, namedFiles(helm).refs);
    return this.#planFor('Helm', view, { tool: 'helm', inputs, refs });
  }

  async #planKustomize(view: GitSourceView): Promise<RenderPlan> {
    const { snapshot, path, source } = view;
    const root = new GitRoot(snapshot);
    const inputs = await kustomizationInputs(snapshot, root, { path, kustomize: source.kustomize });
    return this.#planFor('Kustomize', view, { tool: 'kustomize', inputs });
  }

  async #planFor(
    type: RenderedType,
    view: GitSourceView,
    what: { readonly tool: Tool; readonly inputs: readonly Input[]; readonly refs?: RefInputs },
  ): Promise<RenderPlan> {
    const { checkouts, versions } = this.#options;
    const refs = what.refs ?? NO_REFS;
    const { snapshot, request, source, path } = view;
    return {
      sourceType: type,
      revision: snapshot.sha,
      refRevisions: refs.revisions,
      content: [
        await versions.of(what.tool),
        path,
        ...settingsContent(type, source, request),
        ...contentOf(what.inputs),
        ...refs.content,
      ],
      place: snapshot.repository.url,
      isCostly: true,
      render: (decryptor) =>
        checkouts.use(snapshot, what.inputs, (root) =>
          refs.use((refRoots) => this.#render(type, view, { root, refRoots, decryptor })),
        ),
    };
  }

  #render(type: RenderedType, view: GitSourceView, files: ToolFiles): Promise<readonly JsonObject[]> {
    const { request, source, env, path, snapshot } = view;
    const { root, refRoots, decryptor } = files;
    return this.#options.renderers.for(decryptor)[type].render({
      root,
      refRoots,
      ...(decryptor === undefined ? {} : { decryptor }),
      path,
      source,
      env,
      request: { ...request, revision: snapshot.sha },
      helmRepositories: request.helmRepositories,
    });
  }
}

interface ToolFiles {
  readonly root: RepoRoot;
  readonly refRoots: Readonly<Record<string, RepoRoot>>;
  readonly decryptor: FileDecryptor | undefined;
}

const NO_REFS: RefInputs = { revisions: {}, content: [], use: (task) => task({}) };
