import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FAILPOINTS, type FailpointName } from './names.ts';

export { FAILPOINTS, type FailpointName } from './names.ts';

/** Names points, comma-separated; after a colon the how-manieth pass of one kills, default the first. */
const POINT_VARIABLE = 'TIPHYS_FAILPOINT';
/** A file that each point is noted in before it kills; what is noted kills no more, so that a restart lives. */
const MARK_VARIABLE = 'TIPHYS_FAILPOINT_MARK';

export interface FailpointChoice {
  readonly name: FailpointName;
  /** 1 is the first pass. */
  readonly nth: number;
}

/** Reads `name` or `name:nth`, several with commas. Throws a RangeError that lists the names where there is no such point. */
export const parseFailpoints = (text: string): readonly FailpointChoice[] =>
  text
    .split(',')
    .filter((part) => part !== '')
    .map(parseOne);

function parseOne(text: string): FailpointChoice {
  const match = /^([a-z-]+)(?::([1-9]\d*))?$/u.exec(text);
  const name = FAILPOINTS.find((known) => known === match?.[1]);
  if (name === undefined)
    throw new RangeError(`${POINT_VARIABLE}=${text} names no failpoint; known: ${FAILPOINTS.join(', ')}`);
  return { name, nth: Number(match?.[2] ?? '1') };
}

/** The point that kills this process: the first that killed none before. */
export const armedPoint = (
  choices: readonly FailpointChoice[],
  noted: string,
): FailpointChoice | undefined => {
  const spent = new Set(noted.split('\n'));
  return choices.find(({ name }) => !spent.has(name));
};

const mark = process.env[MARK_VARIABLE] ?? '';
const armed = armedPoint(
  parseFailpoints(process.env[POINT_VARIABLE] ?? ''),
  mark !== '' && existsSync(mark) ? readFileSync(mark, 'utf8') : '',
);
let passes = 0;

/**
 * Kills the own process (SIGKILL) when the environment armed this point; does nothing otherwise. For tests of what a
 * crash leaves behind.
 */
export function failpoint(name: FailpointName): void {
  if (armed?.name !== name) return;
  passes += 1;
  if (passes !== armed.nth) return;
  if (mark !== '') appendFileSync(mark, `${name}\n`);
  process.kill(process.pid, 'SIGKILL');
}
