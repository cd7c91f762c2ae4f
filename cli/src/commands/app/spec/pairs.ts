import { Failure } from '../../../program/failure.ts';

/** Reads NAME=VALUE. */
export function parsePair(text: string, flag: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new Failure(`--${flag} must be NAME=VALUE, not '${text}'.`);
  return [name, value];
}

/** Reads several NAME=VALUE into one map. */
export const parseMap = (texts: readonly string[], flag: string): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map((text) => parsePair(text, flag)));
