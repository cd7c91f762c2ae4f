import { posix } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { GitSource, RenderRequest, TreeEntry } from '@tiphys/ports';
import { substituteSource } from '@tiphys/source-overrides';
import type { Checkouts } from './checkout.ts';
import { detectTool, explicitTool } from './detect-tool.ts';
import { environmentOf } from './environment.ts';
import { GitRoot } from './git-root.ts';
import { chooseFiles, renderFiles } from './inputs/directory.ts';
import { applyOverrides } from './overrides.ts';
import type { RenderPlan } from './plan.ts';
import { gitSubject } from './plugin/git-subject.ts';
import type { PluginPlanner } from './plugin/plugin-planner.ts';
import { Snapshot } from './snapshot.ts';
import type { GitSourceView } from './source-view.ts';
import type { ToolPlanner } from './tool-planner.ts';

export interface GitPlannerOptions {
  readonly git: GitSource;
  readonly tools: ToolPlanner;
  readonly plugins: PluginPlanner;
  readonly checkouts: Checkouts;
  readonly maxCombinedBytes: number;
}

/** Plans renders of sources that live in git. */
export class GitPlanner {
  readonly #options: GitPlannerOptions;

  constructor(options: GitPlannerOptions) {
    this.#options = options;
  }

  async plan(request: RenderRequest, sha: string): Promise<RenderPlan> {
    const { git, tools, plugins, checkouts } = this.#options;
    await git.fetch(request.repository, sha);
    const snapshot = new Snapshot(git, request.repository, sha);
    const top = await findDirectory(snapshot, applicationPath(request.source.path));
    const path = top.path === '' ? '.' : top.path;
    const root = new GitRoot(snapshot);
    const overridden = await applyOverrides(root, { source: request.source, appName: request.appName, path });
    const disabled = request.options.disabledTools;
    const env = environmentOf(request, sha);
    const source = substituteSource(overridden, env);
    const view: GitSourceView = { request, snapshot, top, path, source, env };
    const subject = gitSubject(view, checkouts);
    const plugin = explicitTool(source) === undefined ? await plugins.discover(subject) : undefined;
    if (plugin !== undefined) return plugins.plan(subject, plugin);
    const type = await detectTool(root, { source, path, disabled });
    switch (type) {
      case 'Directory':
        return this.#planDirectory(view);
      case 'Plugin':
        return plugins.plan(subject);
      default:
        return tools.plan(type, view);
    }
  }

  /** Plain files need nothing but their contents: equal directories share one render, whoever's they are. */
  async #planDirectory(view: GitSourceView): Promise<RenderPlan> {
    const { snapshot, top, path, source } = view;
    const { files, hasJsonnet } = await chooseFiles(snapshot, top, source.directory);
    if (hasJsonnet) return this.#options.tools.planJsonnet(view, files);
    const { maxCombinedBytes } = this.#options;
    return {
      sourceType: 'Directory',
      revision: snapshot.sha,
      refRevisions: {},
      content: files.flatMap((file) => [file.path, file.id]),
      place: path,
      isCostly: false,
      render: (decryptor) =>
        renderFiles(snapshot, { files, directory: source.directory, path, maxCombinedBytes, decryptor }),
    };
  }
}

/** `spec.source.path` as a path from the root of the repository. */
export function applicationPath(path: string | undefined): string {
  if (path === undefined || path === '') return '.';
  if (path.startsWith('/')) {
    throw new TiphysError('invalid', `spec.source.path ${path} must not start with a slash`);
  }
  return posix.normalize(path).replace(/\/+$/, '');
}

async function findDirectory(snapshot: Snapshot, path: string): Promise<TreeEntry> {
  const found = await snapshot.find(path).catch((error: unknown) => {
    if (error instanceof TiphysError && error.code === 'not-found') {
      throw new TiphysError('not-found', `spec.source.path ${path} does not exist`, { cause: error });
    }
    throw error;
  });
  if (found.mode === 'directory') return found;
  throw new TiphysError('invalid', `spec.source.path ${path} is not a directory`);
}
