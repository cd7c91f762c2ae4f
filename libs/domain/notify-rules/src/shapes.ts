import { messageOf } from '@tiphys/model';
import { z } from 'zod';

/** A text; numbers and booleans that were written without quotes count as their text. */
export const text = z.union([z.string(), z.number(), z.bigint(), z.boolean()]).transform(String);

/** A text that may be missing. */
export const optionalText = text.nullish().transform((value) => value ?? '');

/** A list of texts that may be missing. */
export const texts = z
  .array(text)
  .nullish()
  .transform((list) => list ?? []);

/** What is wrong with an input, in one line. */
export function describeProblem(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error);
  return error.issues
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ');
}
