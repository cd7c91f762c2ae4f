import { existsSync, writeFileSync } from 'node:fs';
import { FAILPOINTS, type FailpointName } from './names.ts';

export { FAILPOINTS, type FailpointName } from './names.ts';

/** Names the point and, after a colon, the how-manieth pass of it kills; default the first. */
const POINT_VARIABLE = 'TIPHYS_FAILPOINT';
/** A file that is written before the kill; while it is there nothing is killed, so that a restart lives. */
const MARK_VARIABLE = 'TIPHYS_FAILPOINT_MARK';

export interface FailpointChoice {
  readonly name: FailpointName;
  /** 1 is the first pass. */
  readonly nth: number;
}

/** Reads `name` or `name:nth`. Throws a RangeError that lists the names where there is no such point. */
export function parseFailpoint(text: string): FailpointChoice | undefined {
  if (text === '') return undefined;
  const match = /^([a-z-]+)(?::([1-9]\d*))?$/u.exec(text);
  const name = FAILPOINTS.find((known) => known === match?.[1]);
  if (name === undefined)
    throw new RangeError(`${POINT_VARIABLE}=${text} names no failpoint; known: ${FAILPOINTS.join(', ')}`);
  return { name, nth: Number(match?.[2] ?? '1') };
}

const chosen = parseFailpoint(process.env[POINT_VARIABLE] ?? '');
const mark = process.env[MARK_VARIABLE] ?? '';
let passes = 0;

/**
 * Kills the own process (SIGKILL) when this point was chosen by the environment; does nothing otherwise. For tests of
 * what a crash leaves behind.
 */
export function failpoint(name: FailpointName): void {
  if (chosen?.name !== name) return;
  passes += 1;
  if (passes !== chosen.nth) return;
  if (mark !== '') {
    if (existsSync(mark)) return;
    writeFileSync(mark, `${name}:${passes}\n`);
  }
  process.kill(process.pid, 'SIGKILL');
}
