import { createColors } from 'picocolors';

export type Colour = 'green' | 'yellow' | 'red' | 'blue' | 'cyan' | 'dim' | 'bold';
export type Paint = (text: string, colour: Colour) => string;

/** Where a command writes its lines, and what may be done to them. */
export interface Terminal {
  readonly isInteractive: boolean;
  /** Colours a text where that is wanted, and leaves it as it is where not. */
  readonly paint: Paint;
  readonly write: (text: string) => void;
  readonly line: (text?: string) => void;
}

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Colours are used on a terminal, unless NO_COLOR is set or TERM is dumb. */
export function terminalOn(stream: Stream, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isInteractive = stream.isTTY === true;
  const coloured = isInteractive && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const colours = createColors(coloured);
  return {
    isInteractive,
    paint: (text, colour) => colours[colour](text),
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${text}\n`),
  };
}
