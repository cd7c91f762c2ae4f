const ENTRIES = /^entries:[ \t]*\r?\n/m;
const NEXT_FIELD = /^[^\s#-]/m;
const CHART = /^ {2}(?:([A-Za-z0-9][\w.-]*)|"([^"\\]*)"|'([^']*)'):[ \t]*\r?$/gm;
const ANYTHING = /^ {0,3}[^\s#-]/gm;
const ANCHOR = /(^|\s)[&*][A-Za-z0-9_-]+\s*$/m;

/**
 * Cuts an index in the form that Helm writes (charts indented by two, versions as a list below them) into the texts of
 * its charts. Undefined for any other form.
 */
export function splitIndex(text: string): ReadonlyMap<string, string> | undefined {
  const start = ENTRIES.exec(text);
  if (start === null || ANCHOR.test(text)) return undefined;
  const from = start.index + start[0].length;
  const length = text.slice(from).search(NEXT_FIELD);
  const section = length < 0 ? text.slice(from) : text.slice(from, from + length);
  const heads = [...section.matchAll(CHART)];
  if (heads.length === 0 || [...section.matchAll(ANYTHING)].length !== heads.length) return undefined;
  const parts = new Map<string, string>();
  for (const [index, head] of heads.entries()) {
    const name = head[1] ?? head[2] ?? head[3] ?? '';
    if (parts.has(name)) return undefined;
    parts.set(name, section.slice(head.index + head[0].length, heads[index + 1]?.index));
  }
  return parts;
}
