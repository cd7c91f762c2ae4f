import type { KubeObject } from '@tiphys/model';
import { isAppliedOnServer, isCrd, isReplaced, type WrittenObject } from '@tiphys/sync-plan';
import type { ApplyMode } from './applying.ts';
import { clientSide } from './client-side.ts';
import { replace, update } from './replace.ts';
import { serverSide } from './server-side.ts';

export type ModeName = 'client' | 'server' | 'replace' | 'update';

/** All ways of writing an object, by name. */
export const modes: Readonly<Record<ModeName, ApplyMode>> = {
  client: clientSide,
  server: serverSide,
  replace,
  update,
};

/** How an object is written: `Replace=true` wins over `ServerSideApply=true`; kinds that hold others are updated. */
export function chooseMode(object: WrittenObject, syncOptions: readonly string[]): ModeName {
  if (isReplaced(object, syncOptions)) return holdsOthers(object.target) ? 'update' : 'replace';
  return isAppliedOnServer(object.target, syncOptions) ? 'server' : 'client';
}

const holdsOthers = ({ apiVersion, kind }: KubeObject): boolean =>
  (apiVersion === 'v1' && kind === 'Namespace') || isCrd({ apiVersion, kind });
