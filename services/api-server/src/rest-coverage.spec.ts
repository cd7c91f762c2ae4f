import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { sessionsFolder } from '@tiphys/testing/recordings';
import { NOT_REPLAYED, REPLAYED } from './testing/rest-recordings.ts';

const replayed: ReadonlySet<number> = new Set(Object.values(REPLAYED).flat());
const listed = Object.keys(NOT_REPLAYED).map(Number);

/** The text of every spec of this service. */
const specs = (): string =>
  readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.int.spec.ts'))
    .map((file) => readFileSync(resolve(import.meta.dirname, file), 'utf8'))
    .join('\n');

describe('the recorded REST exchanges', () => {
  it.runIf(recordingsPresent())('are each replayed, or listed with a reason', () => {
    const numbers = readdirSync(resolve(sessionsFolder, 'rest'))
      .filter((file) => /^\d{3}-.*\.json$/.test(file))
      .map((file) => Number(file.slice(0, 3)));
    expect(numbers.length).toBeGreaterThan(400);
    expect(numbers.filter((number) => !replayed.has(number) && !listed.includes(number))).toEqual([]);
    expect([...replayed, ...listed].filter((number) => !numbers.includes(number))).toEqual([]);
  });

  it('are not listed where they are replayed', () => {
    expect(listed.filter((number) => replayed.has(number))).toEqual([]);
  });

  it.each(Object.keys(REPLAYED))('%s: a spec sends them', (topic) => {
    expect(specs()).toMatch(new RegExp(`\\bREPLAYED\\.${topic}\\b`, 'u'));
  });
});
