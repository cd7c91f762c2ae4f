import type { RenderRequest } from '@tiphys/ports';
import { buildEnvironment } from '@tiphys/source-overrides';

/** The build environment of a request at a resolved revision. */
export const environmentOf = (request: RenderRequest, revision: string): Readonly<Record<string, string>> =>
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
