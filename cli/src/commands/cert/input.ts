import type { Invocation } from '../../program/invocation.ts';
import { readText } from '../repo/login-flags.ts';

/** The text of a file, or of the standard input. */
export async function inputOf(
  { out, prompter }: Pick<Invocation, 'out' | 'prompter'>,
  from: string | undefined,
  say: { readonly file: string; readonly typed: string },
): Promise<string> {
  if (from !== undefined && from !== '' && from !== '-') {
    out.line(`${say.file} '${from}'`);
    return readText(from);
  }
  out.line(say.typed);
  return prompter.readAll();
}
