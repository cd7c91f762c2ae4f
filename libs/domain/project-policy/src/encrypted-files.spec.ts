import { expect, it } from 'vitest';
import { decryptionKeysOf } from './encrypted-files.ts';

it.each<[string | undefined, 'all' | readonly string[] | undefined]>([
  [undefined, undefined],
  ['', undefined],
  [' , ', undefined],
  ['*', 'all'],
  ['team.agekey, *', 'all'],
  ['team.agekey', ['team.agekey']],
  ['b.asc, a.agekey ,b.asc', ['a.agekey', 'b.asc']],
])('the annotation %j allows %j', (text, expected) => {
  const annotations = text === undefined ? {} : { 'tiphys.dev/sops-keys': text };
  expect(decryptionKeysOf({ metadata: { name: 'shop', annotations } })).toEqual(expected);
});
