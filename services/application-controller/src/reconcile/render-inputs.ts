import { createHash } from 'node:crypto';
import { sourcesOf } from '@tiphys/model';
import type { AppContext } from '../compare/desired.ts';
import { renderRequests } from '../render/render-sources.ts';
import type { ReconcilerDeps } from './reconciler-deps.ts';

/**
 * A digest of everything but the revision that the desired state follows from: spec, project, repositories and their
 * logins, settings, the kinds and the version of the cluster. Undefined where the project forbids a source.
 */
export function renderInputs(
  { app, project, destination, view, instance, tracking, filters }: AppContext,
  { renderSettings }: Pick<ReconcilerDeps, 'renderSettings'>,
): string | undefined {
  const order = {
    app,
    project,
    destination,
    sources: sourcesOf(app.spec),
    kubeVersion: view.version.gitVersion,
    apiVersions: view.kinds.apiVersions,
    refreshRevision: false,
    noCache: false,
  };
  let requests: ReturnType<typeof renderRequests>;
  try {
    requests = renderRequests(order, renderSettings);
  } catch {
    // The render that follows says what is wrong.
    return undefined;
  }
  return createHash('sha256')
    .update(JSON.stringify([requests, instance, tracking, filters]))
    .digest('base64');
}
