/** Levels of lists and objects within each other that any text may have: what walks a value needs the stack for each. */
export const MAX_JSON_DEPTH = 1_000;

const OPENING = /[[{]/g;

/** True for a JSON text that is nested deeper than `MAX_JSON_DEPTH`. */
export const isTooDeep = (text: string): boolean => hasManyOpenings(text) && depthOf(text) > MAX_JSON_DEPTH;

/** Most texts have too few brackets to be deep, which is seen at once. */
function hasManyOpenings(text: string): boolean {
  OPENING.lastIndex = 0;
  for (let count = 0; OPENING.test(text); count++) if (count >= MAX_JSON_DEPTH) return true;
  return false;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
