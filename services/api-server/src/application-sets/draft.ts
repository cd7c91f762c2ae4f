import { encodeJson, messageShape, parseJson } from '@tiphys/adapter-argo-api';
import { API_VERSION, TiphysError, isJsonObject } from '@tiphys/model';
import type { ApplicationSet, JsonObject } from '@tiphys/model';

const SHAPE = messageShape('github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1.ApplicationSet');

/**
 * The ApplicationSet in a request as it is to be written: unknown fields gone, those that the CRD requires present.
 * @throws TiphysError `invalid`
 */
export function draftIn(request: JsonObject, key: 'applicationset' | 'applicationSet'): ApplicationSet {
  const given = request[key];
  if (!isJsonObject(given)) {
    throw new TiphysError('unknown', 'error creating ApplicationSets: ApplicationSets is nil in request');
  }
  return { apiVersion: API_VERSION, kind: 'ApplicationSet', ...known(given) } as unknown as ApplicationSet;
}

/** Spec of an ApplicationSet in the one form in which two can be compared. */
export const comparable = ({ spec }: ApplicationSet): JsonObject =>
  known({ metadata: {}, spec: spec as unknown as JsonObject })['spec'] as JsonObject;

function known(appset: JsonObject): JsonObject {
  const { status: _status, ...rest } = parseJson(encodeJson(SHAPE, appset)) as JsonObject;
  return { ...rest, metadata: rest['metadata'] ?? {} };
}
