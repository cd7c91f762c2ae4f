/**
 * Compiles a regular expression that strangers wrote; undefined where it is malformed or may take time without bound.
 * A leading `(?i)` makes it ignore case.
 */
export function compileRegex(body: string): RegExp | undefined {
  if (isCostly(body)) return undefined;
  const ignoresCase = body.startsWith('(?i)');
  try {
    return new RegExp(ignoresCase ? body.slice(4) : body, ignoresCase ? 'ui' : 'u');
  } catch {
    return undefined;
  }
}

/**
 * A repeated group that holds a repetition or a choice, or a reference back, may take time without bound: such
 * expressions are not run.
 */
function isCostly(body: string): boolean {
  const plain = body.replace(/\\[^1-9k]/gu, 'x').replace(/\[[^\]]*\]/gu, 'x');
  if (/\\[1-9k]/u.test(plain)) return true;
  const hasChoice: boolean[] = [false];
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain.charAt(at);
    const repeated = /[*+{]/u.test(plain.charAt(at + 1));
    if (letter === '(') hasChoice.push(false);
    else if (letter === ')') {
      const inner = hasChoice.pop() ?? false;
      if (inner && repeated) return true;
      if (inner) hasChoice[hasChoice.length - 1] = true;
    } else if (/[*+{|]/u.test(letter)) hasChoice[hasChoice.length - 1] = true;
  }
  return false;
}
