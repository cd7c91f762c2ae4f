import { posix } from 'node:path';
import { TiphysError, type ApplicationSource } from '@tiphys/model';
import type { GitSource, RenderRequest, TreeEntry } from '@tiphys/ports';
import { buildEnvironment, substituteSource } from '@tiphys/source-overrides';
import { detectTool } from './detect-tool.ts';
import { chooseFiles, renderFiles } from './inputs/directory.ts';
import { applyOverrides } from './overrides.ts';
import type { RenderPlan } from './plan.ts';
import { Snapshot } from './snapshot.ts';
import type { ToolPlanner } from './tool-planner.ts';

export interface GitPlannerOptions {
  readonly git: GitSource;
  readonly tools: ToolPlanner;
  readonly maxCombinedBytes: number;
}

/** A source in a repository, looked at closely enough to know what its render reads. */
export interface GitSourceView {
  readonly request: RenderRequest;
  readonly snapshot: Snapshot;
  /** Directory of the application. */
  readonly top: TreeEntry;
  readonly path: string;
  /** With overrides and the build environment put in. */
  readonly source: ApplicationSource;
  readonly env: Readonly<Record<string, string>>;
}

/** Plans renders of sources that live in git. */
export class GitPlanner {
  readonly #options: GitPlannerOptions;

  constructor(options: GitPlannerOptions) {
    this.#options = options;
  }

  async plan(request: RenderRequest, sha: string): Promise<RenderPlan> {
    const { git, tools } = this.#options;
    await git.fetch(request.repository, sha);
    const snapshot = new Snapshot(git, request.repository, sha);
    const path = applicationPath(request.source.path);
    const top = await findDirectory(snapshot, path);
    const entries = await snapshot.listTop(top.id);
    const overridden = await applyOverrides(snapshot, {
      source: request.source,
      appName: request.appName,
      path,
      entries,
    });
    const type = detectTool(
      overridden,
      new Set(entries.map((entry) => entry.path)),
      request.options.disabledTools,
    );
    const env = environmentOf(request, sha);
    const source = substituteSource(overridden, env);
    const view: GitSourceView = { request, snapshot, top, path, source, env };
    return type === 'Directory' ? this.#planDirectory(view) : tools.plan(type, view);
  }

  /** Plain files need nothing but their contents: equal directories share one render, whoever's they are. */
  async #planDirectory(view: GitSourceView): Promise<RenderPlan> {
    const { snapshot, top, path, source } = view;
    const { files, hasJsonnet } = await chooseFiles(snapshot, top, source.directory);
    if (hasJsonnet) return this.#options.tools.planJsonnet(view);
    const { maxCombinedBytes } = this.#options;
    return {
      sourceType: 'Directory',
      revision: snapshot.sha,
      refRevisions: {},
      content: files.flatMap((file) => [file.path, file.id]),
      place: path,
      isCostly: false,
      render: () => renderFiles(snapshot, { files, directory: source.directory, path, maxCombinedBytes }),
    };
  }
}

/** `spec.source.path` as a path from the root of the repository. */
function applicationPath(path: string | undefined): string {
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

const environmentOf = (request: RenderRequest, revision: string): Readonly<Record<string, string>> =>
  buildEnvironment({
    appName: request.appName,
    destinationNamespace: request.destinationNamespace,
    project: request.project,
    revision,
    repoURL: request.source.repoURL,
    kubeVersion: request.kubeVersion,
    apiVersions: request.apiVersions,
    ...(request.source.path === undefined ? {} : { path: request.source.path }),
    ...(request.source.targetRevision === undefined ? {} : { targetRevision: request.source.targetRevision }),
  });
