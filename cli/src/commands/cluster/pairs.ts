import { exitCodes, Failure } from '../../program/failure.ts';

/** A map out of `key=value` words. @throws Failure for a word that is none */
export function pairs(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1)
        throw new Failure(`${JSON.stringify(entry)} is no key=value`, { exitCode: exitCodes.general });
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
