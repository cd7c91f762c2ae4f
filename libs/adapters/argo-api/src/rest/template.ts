/** One segment of a path template. */
export type Segment =
  | { readonly type: 'literal'; readonly text: string }
  /** `{name}`: one segment. */
  | { readonly type: 'variable'; readonly field: string }
  /** `{name=**}`: all that is left. */
  | { readonly type: 'rest'; readonly field: string };

/** Splits a template such as `/api/v1/clusters/{id.value}/rotate-auth`. */
export function parseTemplate(template: string): readonly Segment[] {
  return template
    .slice(1)
    .split('/')
    .map((part) => {
      const variable = /^\{([\w.]+)(=\*\*)?\}$/.exec(part);
      if (!variable) return { type: 'literal', text: part };
      return { type: variable[2] === undefined ? 'variable' : 'rest', field: variable[1] ?? '' };
    });
}

/** The variables of a path that fits, percent-decoded; undefined where it does not fit. */
export function matchTemplate(
  template: readonly Segment[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const part = parts[index];
    if (segment.type === 'rest') {
      found[segment.field] = parts
        .slice(index)
        .map((each) => decode(each))
        .join('/');
      return found;
    }
    if (part === undefined) return undefined;
    if (segment.type === 'variable') found[segment.field] = decode(part);
    else if (segment.text !== part) return undefined;
  }
  return parts.length === template.length ? found : undefined;
}

/** A segment that is not valid percent-encoding stands for itself. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
