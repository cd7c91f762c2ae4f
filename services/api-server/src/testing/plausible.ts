import type { HttpBinding, MessageShape, MethodShape } from '@tiphys/adapter-argo-api';
import type { JsonObject, JsonValue } from '@tiphys/model';

/** Texts of fields, by their JSON keys. */
export type Texts = Readonly<Record<string, string>>;

const MAX_DEPTH = 3;

/** A request that names things that are there, as far as texts for its fields are given. */
export function plausibleRequest(shape: MessageShape, texts: Texts, depth = 0): JsonObject {
  const request: Record<string, JsonValue> = {};
  for (const field of shape.fields) {
    if (field.message) {
      if (depth >= MAX_DEPTH || field.message.special || field.label === 'map') continue;
      const inner = plausibleRequest(field.message, texts, depth + 1);
      if (Object.keys(inner).length > 0) request[field.key] = field.label === 'list' ? [inner] : inner;
    } else {
      const text = texts[field.key];
      if (text === undefined || field.kind !== 'string') continue;
      request[field.key] = field.label === 'list' ? [text] : text;
    }
  }
  return request;
}

/** The same over REST: a path with a query, and a body where there is one. */
export function plausibleRest(
  method: MethodShape,
  binding: HttpBinding,
  texts: Texts,
): { readonly path: string; readonly body: string | undefined } {
  const path = binding.path.replaceAll(/\{([\w.]+)(?:=\*\*)?\}/gu, (_all, variable: string) => {
    const key = variable.split('.').at(-1) ?? '';
    return encodeURIComponent(texts[key] ?? 'x');
  });
  const request = plausibleRequest(method.request, texts);
  const chosen = binding.body === '*' ? request : request[binding.body];
  const body = binding.body === '' ? undefined : JSON.stringify(chosen ?? {});
  const query = Object.entries(request).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${key}=${encodeURIComponent(value)}`] : [],
  );
  return { path: binding.body === '*' ? path : `${path}?${query.join('&')}`, body };
}
