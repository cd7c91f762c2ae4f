import { readFile } from 'node:fs/promises';
import { messageOf } from '@tiphys/model';
import { exitCodes, Failure } from '../../../program/failure.ts';

/** The text of a file of the user's. */
export const readLocalFile = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(`The file ${file} cannot be read: ${messageOf(error)}`, {
      exitCode: exitCodes.general,
      cause: error,
    });
  });
