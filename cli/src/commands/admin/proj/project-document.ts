import { API_VERSION, type JsonObject, type JsonValue } from '@tiphys/model';

/** A project as a manifest. */
export const projectDocument = (name: string, spec: object, before: JsonObject = {}): JsonObject => ({
  ...before,
  apiVersion: API_VERSION,
  kind: 'AppProject',
  metadata: { ...(before['metadata'] as JsonObject | undefined), name },
  spec: spec as JsonValue,
});
