import { asJson } from '@tiphys/model';
import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import { goText } from '@tiphys/adapter-argo-api';
import type { ServerSettings } from '../../settings/server-settings.ts';
import { maskObject } from '../mask.ts';

/** A live object as it may leave the server: a Secret without its values. */
export const shownObject = (object: KubeObject, settings: ServerSettings): JsonObject =>
  maskObject(asJson(object), settings.maskedAnnotations);

/** A live object as JSON text, its keys in order. */
export const objectText = (object: KubeObject, settings: ServerSettings): string =>
  goText(sorted(shownObject(object, settings)));

function sorted(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const object = value as JsonObject;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .filter((key) => object[key] !== undefined)
      .map((key) => [key, sorted(object[key])]),
  );
}
