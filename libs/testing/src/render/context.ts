import type { ApplicationSource } from '@tiphys/model';
import type { RenderContext, RenderOptions, RenderRequest, RepoRoot } from '@tiphys/ports';

export interface ContextInput extends Partial<Omit<ApplicationSource, 'path'>> {
  readonly root: RepoRoot;
  readonly path?: string;
  readonly request?: Partial<RenderRequest>;
  readonly options?: RenderOptions;
  readonly refRoots?: Readonly<Record<string, RepoRoot>>;
}

/** What a renderer gets for an Application `web` into the namespace `shop`. */
export function renderContext(input: ContextInput): RenderContext {
  const { root, path = '.', request, options = {}, refRoots = {}, ...rest } = input;
  const source: ApplicationSource = { repoURL: 'https://git.example.com/apps.git', path, ...rest };
  return {
    root,
    path,
    source,
    env: {},
    refRoots,
    helmRepositories: request?.helmRepositories ?? [],
    request: {
      source,
      repository: { url: source.repoURL, type: 'git' },
      appName: 'web',
      appNamespace: 'argocd',
      project: 'default',
      destinationNamespace: 'shop',
      destinationServer: 'https://kubernetes.default.svc',
      kubeVersion: '1.36.3',
      apiVersions: ['apps/v1', 'v1'],
      refSources: {},
      helmRepositories: [],
      options,
      refreshRevision: false,
      noCache: false,
      ...request,
    },
  };
}
