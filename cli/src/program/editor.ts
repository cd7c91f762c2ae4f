import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, messageOf, type JsonObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { formatDocument } from '../output/document.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Invocation } from './invocation.ts';
import { splitWords } from './words.ts';

export interface Edit {
  readonly document: JsonObject;
  /** The name of the file without its end. */
  readonly name: string;
  /** Writes what the user made of it. */
  readonly save: (document: JsonObject) => Promise<void>;
}

/**
 * Lets the user edit a document as YAML. What cannot be read or saved comes back into the editor with the reason on
 * top; leaving it as it is then gives up. Without a change nothing is saved.
 */
export async function editDocument(invocation: Invocation, edit: Edit): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tiphys-edit-'));
  const file = join(folder, `${edit.name}.yaml`);
  try {
    await editUntilSaved(invocation, edit, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function editUntilSaved({ env, err }: Invocation, edit: Edit, file: string): Promise<void> {
  const start = formatDocument(edit.document, 'yaml');
  let [shown, problem]: [string, Error | undefined] = [start, undefined];
  for (;;) {
    await writeFile(file, withReason(shown, problem), { mode: 0o600 });
    await runEditor(env, file);
    const text = withoutReason(await readFile(file, 'utf8'));
    if (text === shown && problem !== undefined) throw problem;
    if (text === start) {
      err.line('Edit cancelled, no changes made.');
      return;
    }
    try {
      await edit.save(documentIn(text, file));
      return;
    } catch (error) {
      [shown, problem] = [text, asError(error)];
    }
  }
}

function documentIn(text: string, file: string): JsonObject {
  const [document] = parseYamlDocuments(text, { file });
  if (isJsonObject(document)) return document;
  throw new Failure('This is not a YAML mapping.', { exitCode: exitCodes.general });
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Failure(messageOf(error), { exitCode: exitCodes.general });

const MARK = '#! ';

const withReason = (text: string, problem: Error | undefined): string =>
  problem === undefined ? text : `${messageOf(problem).replace(/^/gm, MARK)}\n${text}`;

const withoutReason = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith(MARK))
    .join('\n');

async function runEditor(env: Invocation['env'], file: string): Promise<void> {
  const chosen = [env['KUBE_EDITOR'], env['VISUAL'], env['EDITOR']].find((value) => (value ?? '') !== '');
  const [program = 'vi', ...args] = splitWords(chosen ?? 'vi', 'EDITOR');
  const ended = await new Promise<number | string | null>((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: 'inherit' });
    child.once('error', (error) => {
      reject(
        new Failure(`The editor ${program} cannot be started: ${messageOf(error)}`, {
          hints: ['Name another one in EDITOR.'],
          cause: error,
        }),
      );
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? signal);
    });
  });
  if (ended !== 0)
    throw new Failure(`The editor ${program} ended with ${String(ended)}; nothing was changed.`);
}
