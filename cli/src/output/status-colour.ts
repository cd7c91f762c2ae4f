import type { Cell } from './table.ts';
import type { Colour } from './terminal.ts';

const colours: Readonly<Record<string, Colour>> = {
  Synced: 'green',
  Healthy: 'green',
  Succeeded: 'green',
  OutOfSync: 'yellow',
  Missing: 'yellow',
  Suspended: 'yellow',
  PruneSkipped: 'yellow',
  Pruned: 'dim',
  Progressing: 'cyan',
  Running: 'cyan',
  Terminating: 'cyan',
  Degraded: 'red',
  SyncFailed: 'red',
  Failed: 'red',
  Error: 'red',
};

/** A status, health or phase with the colour that says how good it is. */
export function statusCell(text: string): Cell {
  const colour = colours[text];
  return colour === undefined ? { text } : { text, colour };
}
