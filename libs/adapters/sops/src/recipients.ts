import { arrayAt, isJsonObject, stringAt, type JsonValue } from '@tiphys/model';

/** For whom a file is encrypted, as far as keys can be mounted here. */
export interface Recipients {
  /** `age1…` and PGP fingerprints. */
  readonly keys: readonly string[];
}

/** The recipients in the metadata of a YAML or JSON file, those of key groups too. */
export function recipientsOf(metadata: JsonValue): Recipients {
  const groups = [metadata, ...arrayAt(metadata, 'key_groups')].filter(isJsonObject);
  const keys = groups.flatMap((group) => [
    ...arrayAt(group, 'age').map((one) => stringAt(one, 'recipient')),
    ...arrayAt(group, 'pgp').map((one) => stringAt(one, 'fp')),
  ]);
  return { keys: keys.filter((key) => key !== undefined) };
}

const FLAT = /^sops_(?:key_groups__list_\d+__map_)?(?:age|pgp)__list_\d+__map_(?:recipient|fp)=(\S+)$/gm;

/** The recipients in a dotenv file, whose metadata is written flat. */
export const flatRecipientsOf = (text: string): Recipients => ({
  keys: [...text.matchAll(FLAT)].map(([, key = '']) => key),
});
