import { relative, resolve } from 'node:path';
import { recordedCalls } from '@tiphys/testing/recordings/calls';
import type { RecordedCall } from '@tiphys/testing/recordings/calls';

/** The folder that the specs below are in. */
export const SPECS: string = resolve(import.meta.dirname, '..');

/** Which spec replays which recorded gRPC calls, by the numbers of the recordings. */
export const REPLAYED_BY: Readonly<Record<string, readonly number[]>> = {
  'grpc.recordings.int.spec.ts': [
    1, 2, 6, 7, 8, 9, 12, 13, 14, 15, 16, 20, 21, 22, 26, 27, 28, 29, 53, 54, 55, 56, 57, 58, 59,
  ],
  'applications/revisions/recordings.int.spec.ts': [3, 4, 5, 17],
  'applications/objects/recordings.int.spec.ts': [10, 11],
  'application-sets/recordings.int.spec.ts': [18, 19],
  'store/recordings.int.spec.ts': [23, 24, 25],
  'repositories/recordings.int.spec.ts': Array.from({ length: 23 }, (_item, index) => 30 + index),
};

/** Recorded gRPC calls that no spec replays, and why. */
export const NOT_REPLAYED: Readonly<Record<number, string>> = {};

/** The recorded gRPC calls that are replayed by a spec, which is named by its file. */
export const grpcCallsOf = (spec: string): readonly RecordedCall[] =>
  (REPLAYED_BY[relative(SPECS, spec)] ?? []).flatMap((number) => recordedCalls('grpc', number, number));
