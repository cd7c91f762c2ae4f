import { isJsonObject, TiphysError, type JsonObject, type JsonValue } from '@tiphys/model';

interface ImageChange {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

const TAGGED = /^(.*):([a-zA-Z0-9._-]*|\*)$/;

/**
 * Reads an image override: `name:tag`, `name@digest`, `name=newName` with tag, digest, both or neither.
 * A tag ends with the last colon that no slash follows.
 */
export function parseImage(text: string): ImageChange {
  const equals = text.indexOf('=');
  if (equals > 0) {
    const { name, ...rest } = parseReference(text.slice(equals + 1));
    return { name: text.slice(0, equals), newName: name, ...rest };
  }
  const image = parseReference(text);
  if (image.name === '' || (image.newTag === undefined && image.digest === undefined)) {
    throw new TiphysError(
      'invalid',
      `the image ${JSON.stringify(text)} of spec.source.kustomize.images has neither tag nor digest: ` +
        'use name:tag, name@digest or name=newName',
    );
  }
  return image;
}

function parseReference(text: string): ImageChange {
  const [tagged = '', digest] = text.split('@', 2);
  const match = TAGGED.exec(tagged);
  return {
    name: match?.[1] ?? tagged,
    ...(match?.[2] !== undefined && { newTag: match[2] }),
    ...(digest !== undefined && { digest }),
  };
}

/** The `images` of a kustomization with overrides put in: an entry of the same name is replaced, `*` keeps its value. */
export function setImages(
  existing: readonly JsonValue[],
  overrides: readonly string[],
): readonly JsonValue[] {
  const byName = new Map(existing.filter(isJsonObject).map((image) => [image['name'], image]));
  for (const change of overrides.map(parseImage)) {
    byName.set(change.name, keepStars(change, byName.get(change.name) ?? {}));
  }
  return [...byName.values()];
}

function keepStars(change: ImageChange, before: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(change as unknown as JsonObject)
      .map(([field, value]) => [field, value === '*' ? before[field] : value])
      .filter(([, value]) => value !== undefined),
  ) as JsonObject;
}
