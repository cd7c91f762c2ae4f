import type { JsonObject, KubeObject } from '@tiphys/model';
import { asJson } from '@tiphys/model';
import type { ServerSettings } from '../../settings/server-settings.ts';
import { maskObject } from '../mask.ts';
import { sortedText } from '../sorted-text.ts';

/** A live object as it may leave the server: a Secret without its values. */
export const shownObject = (object: KubeObject, settings: ServerSettings): JsonObject =>
  maskObject(asJson(object), settings.maskedAnnotations);

/** A live object as JSON text, its keys in order. */
export const objectText = (object: KubeObject, settings: ServerSettings): string =>
  sortedText(shownObject(object, settings));
