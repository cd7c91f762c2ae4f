const cache = new Map<string, RegExp>();
const CACHE_MAX = 10_000;

/**
 * Matches a glob as AppProjects do: `*` crosses every character (slashes included), `?` one character, `[a-z]` and
 * `[!a-z]` one of a set, `{a,b}` alternatives. A backslash escapes.
 */
export function globMatches(pattern: string, value: string): boolean {
  if (pattern === value || pattern === '*') return true;
  const known = cache.get(pattern);
  if (known !== undefined) return known.test(value);
  if (cache.size >= CACHE_MAX) cache.clear();
  const compiled = compile(pattern);
  cache.set(pattern, compiled);
  return compiled.test(value);
}

function compile(pattern: string): RegExp {
  let source = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern.charAt(i);
    if (char === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (char === '?') source += '.';
    else if (char === '{') ((source += '(?:'), (depth += 1));
    else if (char === '}' && depth > 0) ((source += ')'), (depth -= 1));
    else if (char === ',' && depth > 0) source += '|';
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 1);
      if (end < 0) source += '\\[';
      else {
        const set = pattern
          .slice(i + 1, end)
          .replace(/^!/u, '^')
          .replaceAll('\\', '\\\\');
        source += `[${set}]`;
        i = end;
      }
    } else if (char === '\\' && i + 1 < pattern.length) source += escape(pattern.charAt((i += 1)));
    else source += escape(char);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /^[^\s\S]$/u;
  }
}

const escape = (char: string): string => char.replaceAll(/[$()*+.?[\\\]^{|}/-]/gu, '\\$&');
