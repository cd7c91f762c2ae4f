export interface BuildEnvironmentInput {
  /** As the tools see it: the Application's name, prefixed by its namespace outside the control plane's. */
  readonly appName: string;
  readonly destinationNamespace: string;
  readonly project: string;
  /** Resolved revision. */
  readonly revision: string;
  readonly path?: string;
  readonly repoURL: string;
  readonly targetRevision?: string;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

const SHORT = 7;
const SHORT_8 = 8;

/** The eleven variables that every rendering tool gets (wire/env.tsv, build-environment). */
export function buildEnvironment(input: BuildEnvironmentInput): Readonly<Record<string, string>> {
  return {
    ARGOCD_APP_NAME: input.appName,
    ARGOCD_APP_NAMESPACE: input.destinationNamespace,
    ARGOCD_APP_PROJECT_NAME: input.project,
    ARGOCD_APP_REVISION: input.revision,
    ARGOCD_APP_REVISION_SHORT: input.revision.slice(0, SHORT),
    ARGOCD_APP_REVISION_SHORT_8: input.revision.slice(0, SHORT_8),
    ARGOCD_APP_SOURCE_PATH: input.path ?? '',
    ARGOCD_APP_SOURCE_REPO_URL: input.repoURL,
    ARGOCD_APP_SOURCE_TARGET_REVISION: input.targetRevision ?? '',
    KUBE_VERSION: input.kubeVersion ?? '',
    KUBE_API_VERSIONS: (input.apiVersions ?? []).join(','),
  };
}
