import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Failure, exitCodes } from './failure.ts';

export interface Prompter {
  readonly isInteractive: boolean;
  /** One line of the answer, without its end. Fails where the input has ended. */
  ask(question: string): Promise<string>;
  /** As `ask`, but the answer is not shown on a terminal. */
  askSecret(question: string): Promise<string>;
  confirm(question: string): Promise<boolean>;
  /** All of the standard input. */
  readAll(): Promise<string>;
  close(): void;
}

interface Streams {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
}

/** Asks on the terminal; answers may also be piped in, one a line. */
export function prompterOn({ input, output }: Streams): Prompter {
  let silent = false;
  let reader: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  const nextLine = async (): Promise<string> => {
    reader ??= createInterface({
      input,
      output: mutable(output, () => silent),
      terminal: input.isTTY === true,
    });
    lines ??= reader[Symbol.asyncIterator]();
    const next = await lines.next();
    if (next.done === true)
      throw new Failure('The input ended before the answer.', { exitCode: exitCodes.general });
    return next.value;
  };
  const ask = (question: string): Promise<string> => {
    output.write(question);
    return nextLine();
  };
  return {
    isInteractive: input.isTTY === true,
    ask,
    askSecret: async (question) => {
      output.write(question);
      silent = true;
      const answer = await nextLine().finally(() => (silent = false));
      if (input.isTTY === true) output.write('\n');
      return answer;
    },
    confirm: async (question) => /^y(es)?$/i.test((await ask(`${question} (y/n)? `)).trim()),
    readAll: async () => {
      const chunks = await input.setEncoding('utf8').toArray();
      return chunks.join('');
    },
    close: () => {
      reader?.close();
    },
  };
}

/** What readline echoes, dropped while a secret is typed. */
function mutable(output: Writable, isSilent: () => boolean): Writable {
  return Object.create(output, {
    write: {
      value: (...args: Parameters<Writable['write']>) => (isSilent() ? true : output.write(...args)),
    },
  }) as Writable;
}
