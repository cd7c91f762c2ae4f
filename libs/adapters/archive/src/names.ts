import { dirname, isAbsolute, join, normalize } from 'node:path/posix';

const MAX_NAME = 1_024;
const MAX_DEPTH = 64;

/** The name of an entry as a path below the target; undefined where it is absolute, climbs, or is odd in size. */
export function safeName(name: string): string | undefined {
  if (name.length > MAX_NAME || name.includes('\0') || name.includes('\\') || isAbsolute(name))
    return undefined;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || parts.length > MAX_DEPTH) return undefined;
  return parts.join('/') || '.';
}

/**
 * The target of a link as it may be written; undefined where it would leave the archive. It may climb only at its
 * start: after another link, `..` would lead elsewhere than it seems.
 */
export function safeLinkTarget(name: string, target: string): string | undefined {
  if (target === '' || target.length > MAX_NAME || target.includes('\0') || isAbsolute(target))
    return undefined;
  if (/[^./][^/]*\/(.*\/)?\.\.(\/|$)/.test(target)) return undefined;
  const place = normalize(join(dirname(name), target));
  return place === '..' || place.startsWith('../') ? undefined : target;
}
