import { diffArrays, structuredPatch } from 'diff';
import type { Paint } from './terminal.ts';

export const diffFormats = ['unified', 'normal'] as const;
export type DiffFormat = (typeof diffFormats)[number];

export interface DiffOptions {
  readonly format: DiffFormat;
  readonly paint: Paint;
}

const CONTEXT = 3;

/** What turns one text into the other, as `diff -u` or plain `diff` write it; empty where they are the same. */
export function formatTextDiff(before: string, after: string, options: DiffOptions): string {
  const lines = options.format === 'unified' ? unified(before, after) : normal(before, after);
  return lines.map((line) => `${coloured(line, options.paint)}\n`).join('');
}

function unified(before: string, after: string): readonly string[] {
  const { hunks } = structuredPatch('live', 'desired', before, after, '', '', { context: CONTEXT });
  if (hunks.length === 0) return [];
  const blocks = hunks.map((hunk) => {
    const range = `@@ -${rangeOf(hunk.oldStart, hunk.oldLines)} +${rangeOf(hunk.newStart, hunk.newLines)} @@`;
    return [range, ...hunk.lines];
  });
  return ['--- live', '+++ desired', ...blocks.flat()];
}

/** An empty side stands before its first line. */
function rangeOf(start: number, count: number): string {
  if (count === 1) return String(start);
  return count === 0 ? `${String(start - 1)},0` : `${String(start)},${String(count)}`;
}

interface Change {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** The number of the line before the change, on each side. */
  readonly after: readonly [number, number];
}

function normal(before: string, after: string): readonly string[] {
  return changes(before, after).flatMap(({ removed, added, after: [old, fresh] }) => {
    const letter = removed.length === 0 ? 'a' : added.length === 0 ? 'd' : 'c';
    const command = `${lineRange(old, removed.length)}${letter}${lineRange(fresh, added.length)}`;
    const gone = removed.map((line) => `< ${line}`);
    const come = added.map((line) => `> ${line}`);
    return [command, ...gone, ...(letter === 'c' ? ['---'] : []), ...come];
  });
}

function lineRange(before: number, count: number): string {
  if (count === 0) return String(before);
  return count === 1 ? String(before + 1) : `${String(before + 1)},${String(before + count)}`;
}

function changes(before: string, after: string): readonly Change[] {
  const found: Change[] = [];
  let old = 0;
  let fresh = 0;
  let open: { removed: string[]; added: string[]; after: [number, number] } | undefined;
  for (const { value, added, removed } of diffArrays(linesOf(before), linesOf(after))) {
    if (!added && !removed) open = undefined;
    else if (open === undefined) found.push((open = { removed: [], added: [], after: [old, fresh] }));
    if (added) open?.added.push(...value);
    if (removed) open?.removed.push(...value);
    if (!added) old += value.length;
    if (!removed) fresh += value.length;
  }
  return found;
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function coloured(line: string, paint: Paint): string {
  if (/^(---|\+\+\+) /.test(line)) return paint(line, 'bold');
  if (/^[-<]/.test(line) && line !== '---') return paint(line, 'red');
  if (/^[+>]/.test(line)) return paint(line, 'green');
  return /^(@@|\d)/.test(line) ? paint(line, 'cyan') : line;
}
