import { TiphysError } from '@tiphys/model';

type Labels = Readonly<Record<string, string>>;
type Test = (labels: Labels) => boolean;

const KEY = /^(?:[a-z0-9.-]+\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * Compiles a label selector (`a=b,c!=d,e,!f,g in (h,i),j notin (k)`).
 * @throws TiphysError `unknown`, the code that clients of this API get for a selector that cannot be read.
 */
export function parseSelector(text: string): Test {
  const tests = split(text).map((part) => parseRequirement(part));
  return (labels) => tests.every((test) => test(labels));
}

/** Splits at commas outside parentheses, in one pass. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '(') isInside = true;
    else if (char === ')') isInside = false;
    else if (char === ',' && !isInside) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

function parseRequirement(text: string): Test {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text);
  if (set) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    const key = checked(set[1] ?? '', text);
    const isIn: Test = (labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? '');
    return set[2] === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s()]*)$/.exec(text);
  if (comparison) {
    const [, rawKey = '', operator, value = ''] = comparison;
    const key = checked(rawKey, text);
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  if (text.startsWith('!')) {
    const key = checked(text.slice(1).trim(), text);
    return (labels) => !Object.hasOwn(labels, key);
  }
  const key = checked(text, text);
  return (labels) => Object.hasOwn(labels, key);
}

function checked(key: string, part: string): string {
  if (KEY.test(key)) return key;
  const found = /^\W/.exec(part)?.[0] ?? key;
  throw new TiphysError(
    'unknown',
    `error parsing the selector: found '${found}', expected: !, identifier, or 'end of string'`,
  );
}
