import { encodeJson, messageShape, parseJson } from '@tiphys/adapter-argo-api';
import { API_VERSION, TiphysError, isJsonObject, stringAt } from '@tiphys/model';
import type { AppProject, AppProjectSpec, JsonObject, SyncWindow } from '@tiphys/model';
import { mistakesInProject } from '@tiphys/project-policy';
import { checkWindows } from './windows.ts';

const PROJECT = messageShape('github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1.AppProject');

/**
 * The project in a request as it is to be written: unknown fields gone, windows with a zone.
 * @throws TiphysError `invalid`
 */
export function draftIn(request: JsonObject, namespace: string): AppProject {
  const given = request['project'];
  if (!isJsonObject(given)) throw new TiphysError('invalid', "missing payload 'project' in request");
  const known = parseJson(encodeJson(PROJECT, given)) as JsonObject;
  const { managedFields: _managed, ...metadata } = (known['metadata'] ?? {}) as JsonObject;
  const spec = (known['spec'] ?? {}) as AppProjectSpec;
  const project: AppProject = {
    apiVersion: API_VERSION,
    kind: 'AppProject',
    metadata: { ...metadata, namespace },
    spec: spec.syncWindows === undefined ? spec : { ...spec, syncWindows: spec.syncWindows.map(withZone) },
    ...(isJsonObject(known['status']) ? { status: known['status'] } : {}),
  };
  return project;
}

/** The name of the project in a request, for the question who may write it. */
export const nameIn = (request: JsonObject): string => stringAt(request, 'project', 'metadata', 'name') ?? '';

const withZone = (window: SyncWindow): SyncWindow =>
  (window.timeZone ?? '') === '' ? { ...window, timeZone: 'UTC' } : window;

/** @throws TiphysError `invalid` or `out-of-range` with the first thing that is wrong with a project. */
export function checkProject(project: AppProject): void {
  const [mistake] = mistakesInProject(project);
  if (mistake !== undefined) throw new TiphysError('invalid', mistake);
  checkWindows(project.spec.syncWindows ?? []);
}
