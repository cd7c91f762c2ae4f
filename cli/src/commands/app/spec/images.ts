import type { JsonObject } from '@tiphys/model';
import { listAt, withValue } from './draft.ts';

const PATH = 'source.kustomize.images';

/** The name of the image that an override is for: what stands before the first of `=`, `@` and the tag's colon. */
export function imageName(image: string): string {
  const [name = ''] = image.split(/[=@]/);
  return name.replace(/:[^/:]*$/, '');
}

/** A spec with overrides of images; one of the same image is replaced in its place. */
export const withImages = (spec: JsonObject, images: readonly string[]): JsonObject =>
  images.reduce((current, image) => {
    const before = listAt(current, PATH);
    const at = before.findIndex(
      (other) => typeof other === 'string' && imageName(other) === imageName(image),
    );
    return withValue(current, PATH, at === -1 ? [...before, image] : before.with(at, image));
  }, spec);
