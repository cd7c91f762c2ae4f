import type { ApplicationSource, JsonObject, SourceType } from '@tiphys/model';
import type { RenderRequest, RepoRoot } from '@tiphys/ports';
import { substituteSource } from '@tiphys/source-overrides';
import { artifactName } from '../artifacts.ts';
import { artifactKey, type LentRoots } from './artifact-roots.ts';
import { detectTool, explicitTool } from './detect-tool.ts';
import { environmentOf } from './environment.ts';
import { applicationPath } from './git-planner.ts';
import { namedFiles } from './inputs/helm.ts';
import { applyOverrides } from './overrides.ts';
import type { RenderPlan } from './plan.ts';
import type { PluginPlanner } from './plugin/plugin-planner.ts';
import type { PluginSubject } from './plugin/subject.ts';
import type { RenderedType, Renderers } from './renderers.ts';
import type { RefResolver } from './refs.ts';
import { settingsContent } from './tool-content.ts';
import type { ToolVersions } from './tool-versions.ts';

export interface ArtifactPlannerOptions {
  readonly roots: LentRoots;
  readonly refs: RefResolver;
  readonly renderers: Renderers;
  readonly versions: ToolVersions;
  readonly plugins: PluginPlanner;
}

const TOOLS = { Helm: 'helm', Kustomize: 'kustomize', Directory: 'jsonnet' } as const;

/** Plans renders of charts and of artifacts from registries. */
export class ArtifactPlanner {
  readonly #options: ArtifactPlannerOptions;

  constructor(options: ArtifactPlannerOptions) {
    this.#options = options;
  }

  async plan(request: RenderRequest, revision: string): Promise<RenderPlan> {
    const path = applicationPath(request.source.path);
    const { roots } = this.#options;
    // A version may have been published anew.
    if (request.noCache) await roots.forget(request, revision);
    const { type, source } = await roots.use(request, revision, (root) => look(root, request, path));
    const env = environmentOf(request, revision);
    const effective = substituteSource(source, env);
    const { refs, versions, renderers, plugins } = this.#options;
    const subject = this.#subject({ request, source: effective, env, revision, path });
    const mayBePlugin = artifactName(source) === '' && explicitTool(source) === undefined;
    const plugin = mayBePlugin ? await plugins.discover(subject) : undefined;
    if (plugin !== undefined || type === 'Plugin') return plugins.plan(subject, plugin);
    const tool: RenderedType = type;
    const found = await refs.find(request, namedFiles(effective.helm ?? {}).refs);
    return {
      sourceType: type,
      revision,
      refRevisions: found.revisions,
      content: [
        tool === 'Directory' ? '' : await versions.of(TOOLS[tool]),
        request.repository.url,
        artifactName(request.source),
        revision,
        path,
        ...settingsContent(type, effective, request),
        ...found.content,
      ],
      place: '',
      isCostly: true,
      render: (decryptor) =>
        this.#options.roots.use(request, revision, (root) =>
          found.use((refRoots): Promise<readonly JsonObject[]> =>
            renderers.for(decryptor)[tool].render({
              root,
              refRoots,
              ...(decryptor === undefined ? {} : { decryptor }),
              path,
              source: effective,
              env,
              request: { ...request, revision },
              helmRepositories: request.helmRepositories,
            }),
          ),
        ),
    };
  }

  /** The artifact as plugins see it. */
  #subject(view: Omit<PluginSubject, 'contentOf' | 'lend'>): PluginSubject {
    const { request, revision } = view;
    return {
      ...view,
      contentOf: (directory) => Promise.resolve(`${artifactKey(request, revision)}:${directory}`),
      lend: (directory, task) =>
        this.#options.roots.use(request, revision, async (root) => task(await root.resolve(directory))),
    };
  }
}

async function look(
  root: RepoRoot,
  request: RenderRequest,
  path: string,
): Promise<{ readonly type: SourceType; readonly source: ApplicationSource }> {
  const source = await applyOverrides(root, { source: request.source, appName: request.appName, path });
  if (artifactName(source) !== '') return { type: 'Helm', source };
  const disabled = request.options.disabledTools;
  return { type: await detectTool(root, { source, path, disabled }), source };
}
