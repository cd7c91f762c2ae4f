import { TiphysError, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import type { PatchType } from '@tiphys/ports';

/** What replies show in the place of a value of a Secret. */
const MASK = /^\+{8}(?:\+{4})*$/;
const VALUES = ['data', 'stringData'] as const;

const refused = (why: string): TiphysError => new TiphysError('invalid', `the patch of a Secret ${why}`);

/**
 * Refuses patches of a Secret that would store the masks which replies show, and those that read its values: what is
 * copied or moved elsewhere would be shown, and a test tells what a value is.
 * @throws TiphysError `invalid`, which quotes nothing of the patch
 */
export function assertHarmless(patch: JsonValue, type: PatchType): void {
  if (type === 'json') {
    for (const operation of Array.isArray(patch) ? (patch as readonly JsonValue[]) : [])
      assertHarmlessOperation(operation);
  } else if (isJsonObject(patch) && VALUES.some((map) => holdsMask(patch[map]))) throw masks();
}

function assertHarmlessOperation(operation: JsonValue): void {
  const op = stringAt(operation, 'op');
  if ((op === 'copy' || op === 'move') && touchesValues(stringAt(operation, 'from')))
    throw refused('may not copy or move its values');
  const path = stringAt(operation, 'path');
  if (!touchesValues(path)) return;
  if (op === 'test') throw refused('may not test its values');
  const value = isJsonObject(operation) ? operation['value'] : undefined;
  const isWhole = isJsonObject(value) && VALUES.some((map) => holdsMask(value[map]));
  if (isWhole || holdsMask(value) || isMask(value)) throw masks();
}

const masks = (): TiphysError =>
  refused('holds masked values: they would replace the real ones; leave them out');

const isMask = (value: JsonValue | undefined): boolean => typeof value === 'string' && MASK.test(value);
const holdsMask = (map: JsonValue | undefined): boolean =>
  isJsonObject(map) && Object.values(map).some(isMask);

/** True for a JSON pointer to the values, to one of them, or to the whole object. */
function touchesValues(pointer: string | undefined): boolean {
  if (pointer === undefined) return false;
  const [, first = ''] = pointer.split('/');
  const key = first.replaceAll('~1', '/').replaceAll('~0', '~');
  return pointer === '' || VALUES.some((map) => map === key);
}
