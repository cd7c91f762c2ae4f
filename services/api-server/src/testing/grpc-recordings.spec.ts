import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionsFolder } from '@tiphys/testing/recordings';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { NOT_REPLAYED, REPLAYED_BY, SPECS } from './grpc-recordings.ts';

const numbers = (): readonly number[] =>
  readdirSync(resolve(sessionsFolder, 'grpc'))
    .filter((file) => /^\d{3}-.*\.json$/.test(file))
    .map((file) => Number(file.slice(0, 3)));
const ascending = (a: number, b: number): number => a - b;

describe('the recorded gRPC calls', () => {
  it.runIf(recordingsPresent())('are each replayed by one spec, or it is said why not', () => {
    const told = [...Object.values(REPLAYED_BY).flat(), ...Object.keys(NOT_REPLAYED).map(Number)];
    expect(told.toSorted(ascending)).toEqual(numbers().toSorted(ascending));
  });

  it.each(Object.keys(REPLAYED_BY))('%s replays those that it is named for', (spec) => {
    expect(readFileSync(resolve(SPECS, spec), 'utf8')).toContain('grpcCallsOf(import.meta.filename)');
  });
});
