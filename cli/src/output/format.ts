import { exitCodes, Failure } from '../program/failure.ts';

/** The output format that was asked for, where it is one of those that the command has. */
export function checkFormat<const F extends string>(asked: string, formats: readonly F[]): F {
  const found = formats.find((format) => format === asked);
  if (found !== undefined) return found;
  throw new Failure(`unknown output format: ${asked}`, {
    exitCode: exitCodes.general,
    hints: [`Choose one of ${formats.join(', ')}.`],
  });
}
