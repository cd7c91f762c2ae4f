/** Names of this run and the names that they have in a recording. Longer names must come first. */
export type Translation = readonly (readonly [ours: string, recorded: string])[];

const time = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z\b/gu;

/** A value in the words of a recording: names translated, times as placeholders. */
export function recordedNames<T>(value: T, translation: Translation): T {
  const text = translation.reduce(
    (result, [ours, recorded]) => result.replaceAll(asInJson(ours), asInJson(recorded)),
    JSON.stringify(value),
  );
  return JSON.parse(text.replaceAll(time, '<ts-0>')) as T;
}

const asInJson = (text: string): string => JSON.stringify(text).slice(1, -1);
