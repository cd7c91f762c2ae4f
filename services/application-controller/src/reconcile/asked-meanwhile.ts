import { isDeepStrictEqual } from 'node:util';
import type { Application } from '@tiphys/model';

/**
 * Whether an Application, as a write of the controller's own returned it, asks for more than before. It may hold what
 * somebody else wrote just before, and of that the watch tells nothing new any more.
 */
export function askedMeanwhile(before: Application | undefined, written: Application): boolean {
  return !isDeepStrictEqual(wishesOf(before), wishesOf(written));
}

const wishesOf = (app: Application | undefined): readonly unknown[] => [
  app?.spec,
  app?.operation,
  app?.metadata.annotations ?? {},
  app?.metadata.deletionTimestamp,
  app?.status?.operationState?.phase === 'Terminating',
];
