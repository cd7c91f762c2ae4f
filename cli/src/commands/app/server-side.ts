import type { JsonObject } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import type { AppRef } from '../../api/applications.ts';
import type { App } from '../../api/schemas/application.ts';
import type { ManagedResource } from '../../api/schemas/resources.ts';
import type { DiffObjects } from '../../api/wire/server-side-diff.ts';
import { objectOf, type ObjectSides } from '../../output/object-diff.ts';
import { keyOf } from '../../output/resource-states.ts';
import { targetIdentity } from './target-identity.ts';

export interface ServerSideRequest {
  readonly app: App;
  readonly ref: AppRef;
  readonly managed: readonly ManagedResource[];
  /** The manifests to compare with; undefined for those of the application as it is. */
  readonly manifests: readonly string[] | undefined;
  readonly maxBatchKilobytes: number;
}

const KILOBYTE = 1_024;

/** The objects that differ, as the API server of the destination predicts it; asked for in batches. */
export async function sidesOnServer(api: Api, request: ServerSideRequest): Promise<readonly ObjectSides[]> {
  const { app, ref, managed, maxBatchKilobytes } = request;
  const targets = request.manifests ?? managed.flatMap(({ targetState }) => textOf(targetState));
  const wanted = new Set(
    targets.flatMap((text) => {
      const object = objectOf(text, 'the manifests');
      return object === undefined ? [] : [keyOf(targetIdentity(object, app, managed))];
    }),
  );
  const gone = managed.filter((item) => textOf(item.liveState).length > 0 && !wanted.has(keyOf(item)));
  const sides: ObjectSides[] = [];
  for (const batch of batchesOf({ live: gone, targets }, maxBatchKilobytes * KILOBYTE)) {
    const items = await api.applications.serverSideDiff(ref, app.spec.project ?? '', batch);
    sides.push(...items.filter(({ modified }) => modified === true).map(sidesOf));
  }
  return sides;
}

const textOf = (text: string | null | undefined): readonly string[] =>
  text === undefined || text === null || text === '' || text === 'null' ? [] : [text];

/** Requests of about so many bytes; a larger object goes alone. */
function batchesOf({ live, targets }: DiffObjects, maxBytes: number): readonly DiffObjects[] {
  const batches: string[][] = [[]];
  let size = 0;
  for (const text of targets) {
    size += Buffer.byteLength(text);
    if (size > maxBytes && (batches.at(-1)?.length ?? 0) > 0) {
      batches.push([]);
      size = Buffer.byteLength(text);
    }
    batches.at(-1)?.push(text);
  }
  return batches.map((some, index) => ({ live: index === 0 ? live : [], targets: some }));
}

function sidesOf({ group, kind, namespace, name, liveState, targetState }: ManagedResource): ObjectSides {
  const read = (text: string | null | undefined): JsonObject | undefined =>
    objectOf(text, `the comparison of ${kind} ${name}`);
  return {
    group: group ?? '',
    kind,
    namespace: namespace ?? '',
    name,
    live: read(liveState),
    desired: read(targetState),
  };
}
