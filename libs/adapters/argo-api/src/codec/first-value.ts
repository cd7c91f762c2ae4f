/** Where reading one JSON value from the start of a text ends. */
export type FirstValue =
  | { readonly state: 'empty' }
  | { readonly state: 'complete'; readonly text: string }
  /** The text ends inside the value. */
  | { readonly state: 'cut' };

const SPACE = /^[\t\n\r ]*/;
const SCALAR = /^[^\t\n\r ,\]}]+/;

/**
 * The first JSON value of a text; what follows it is not looked at, as Go's streaming decoder leaves it alone.
 * Only the extent is found here: the value itself may still be malformed.
 */
export function firstValue(text: string): FirstValue {
  const start = SPACE.exec(text)?.[0].length ?? 0;
  if (start === text.length) return { state: 'empty' };
  const opening = text[start];
  if (opening === '"') return upTo(text, start, stringEnd(text, start));
  if (opening === '{' || opening === '[') return upTo(text, start, containerEnd(text, start));
  const scalar = SCALAR.exec(text.slice(start))?.[0] ?? text.slice(start, start + 1);
  return { state: 'complete', text: scalar };
}

function upTo(text: string, start: number, end: number | undefined): FirstValue {
  return end === undefined ? { state: 'cut' } : { state: 'complete', text: text.slice(start, end) };
}

/** Index after the closing quote of a string that starts at `start`. */
function stringEnd(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return undefined;
}

function containerEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      const end = stringEnd(text, i);
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (char === '{' || char === '[') {
      depth++;
    } else if ((char === '}' || char === ']') && --depth === 0) {
      return i + 1;
    }
  }
  return undefined;
}
