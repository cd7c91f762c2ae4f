import { writeFile } from 'node:fs/promises';
import { messageOf } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { formatDocument } from '../../output/document.ts';
import type { Terminal } from '../../output/terminal.ts';
import type { Flag } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

export const outputFlag = {
  kind: 'text',
  short: 'o',
  default: 'yaml',
  describe: 'Format: yaml or json',
} as const satisfies Flag;

const failed = (message: string, cause?: unknown): Failure =>
  new Failure(message, { exitCode: exitCodes.general, cause });

/** One object in the form that was asked for. @throws Failure for an unknown one */
export function generatedText(object: JsonObject, format: string): string {
  if (format === 'yaml' || format === 'json') return formatDocument(object, format);
  throw failed(`--output ${format}: it must be yaml or json.`);
}

/** Several objects of one kind of document; more than one are separated. */
export const generatedTexts = (objects: readonly JsonObject[], format: string): string =>
  objects.map((object) => generatedText(object, format)).join(format === 'yaml' ? '---\n' : '');

/** Prints, or writes back into the file that was read. @throws Failure where there is no such file */
export async function emit(
  text: string,
  { inline, file }: { readonly inline: boolean; readonly file: string | undefined },
  out: Terminal,
): Promise<void> {
  if (!inline) {
    out.write(text);
    return;
  }
  if (file === undefined || file === '-') throw failed('--inline needs a file that is given with --file.');
  await writeFile(file, text).catch((cause: unknown) => {
    throw failed(`The file ${file} cannot be written: ${messageOf(cause)}`, cause);
  });
}
