import { structNamed, type Field, type FieldType, type StructType } from './kube-types.ts';

/** How the fields of an object are looked up: by name in a struct, the same for all keys of a map. */
export type FieldLookup = (key: string) => Field | undefined;

const plain: Omit<Field, 'name' | 'type'> = {
  pointer: true,
  merge: false,
  mergeKey: undefined,
  replace: false,
  retainKeys: false,
};

/** The fields of a struct, of a map's values, or of free-form JSON. */
export function lookupOf(type: FieldType | undefined): FieldLookup {
  if (type === undefined) return () => undefined;
  if (type.form === 'struct') return lookupOfStruct(structNamed(type.ref));
  if (type.form !== 'map') return () => undefined;
  const of = type.of;
  return (name) => ({ ...plain, name, type: of });
}

export const lookupOfStruct =
  (struct: StructType): FieldLookup =>
  (key) =>
    struct.fields.get(key);
