import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { AppRef } from '../applications.ts';
import type { ManagedResource } from '../schemas/resources.ts';
import { field, texts } from './upload.ts';

/** Objects that the server is to compare: live ones by their names, and manifests, each the JSON text of one. */
export interface DiffObjects {
  readonly live: readonly ManagedResource[];
  readonly targets: readonly string[];
}

/** The request of a comparison on the server. Of live objects only the names are sent: the server has the rest. */
export function diffRequest(
  { name, namespace }: AppRef,
  project: string,
  { live, targets }: DiffObjects,
): Uint8Array {
  return Buffer.concat([
    // The name is required, also where it were empty.
    field(1, Buffer.from(name)),
    texts([
      [2, namespace ?? ''],
      [3, project],
    ]),
    ...live.map((item) =>
      field(
        4,
        texts([
          [1, item.group ?? ''],
          [2, item.kind],
          [3, item.namespace ?? ''],
          [4, item.name],
        ]),
      ),
    ),
    ...targets.map((text) => field(5, Buffer.from(text))),
  ]);
}

const TEXTS: Readonly<Record<number, keyof ManagedResource>> = {
  1: 'group',
  2: 'kind',
  3: 'namespace',
  4: 'name',
  5: 'targetState',
  6: 'liveState',
};
const MODIFIED = 12;

/** The compared objects of a reply. */
export function diffItemsIn(message: Uint8Array): readonly ManagedResource[] {
  const reader = new BinaryReader(message);
  const items: ManagedResource[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) items.push(itemIn(reader.bytes()));
    else reader.skip(type);
  }
  return items;
}

function itemIn(bytes: Uint8Array): ManagedResource {
  const reader = new BinaryReader(bytes);
  const found: Record<string, string | boolean> = {};
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const key = TEXTS[number];
    if (key !== undefined) found[key] = reader.string();
    else if (number === MODIFIED) found['modified'] = reader.bool();
    else reader.skip(type);
  }
  return { kind: '', name: '', ...found };
}
