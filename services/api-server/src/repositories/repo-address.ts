import { isIPv4, isIPv6 } from 'node:net';
import { TiphysError } from '@tiphys/model';
import { normalizeRepoUrl } from '@tiphys/project-policy';

/** True for two spellings of one repository. */
export const sameRepository = (one: string, other: string): boolean =>
  normalizeRepoUrl(one) === normalizeRepoUrl(other);

/** An address as a client put it into a path: REST clients escape it once or twice. */
export function unescaped(address: string): string {
  let text = address;
  for (let round = 0; round < 2 && /%(?:2f|3a|40|25)/iu.test(text); round++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      return text;
    }
  }
  return text;
}

/** What a browser runs or shows by itself; without slashes it looks like a host and a path of SSH. */
const SCRIPT = /^(?:javascript|vbscript|data|blob|about|view-source|filesystem):/iu;
const SCHEMES = new Set(['http:', 'https:', 'ssh:', 'oci:']);

/**
 * Refuses addresses that no repository has, and those that reach what no repository is on: other schemes, passwords in
 * the address, control characters, the link-local addresses of machines' metadata.
 */
export function assertUsable(address: string): void {
  const refuse = (why: string): never => {
    throw new TiphysError('invalid', `the repository URL is not usable: ${why}`);
  };
  if (address === '') refuse('it is empty');
  if (/[\p{Cc}\s]/u.test(address)) refuse('it holds white space or control characters');
  if (address.startsWith('-')) refuse('it starts with a dash');
  if (SCRIPT.test(address)) refuse('its scheme is none of repositories');
  if (!address.includes('://'))
    return assertHost(address.replace(/^[^@/]*@/u, '').split(/[:/]/u)[0] ?? '', refuse);
  if (!URL.canParse(address) || !URL.canParse(asHttp(address))) return refuse('it is not a URL');
  const url = new URL(address);
  if (!SCHEMES.has(url.protocol))
    refuse(`the scheme ${url.protocol.slice(0, -1)} is not served; use https or ssh`);
  if (url.password !== '') refuse('it holds a password; give the login by its own fields');
  assertHost(hostOf(address), refuse);
}

const asHttp = (address: string): string => address.replace(/^[a-z]+:/iu, 'http:');

/** The host as a client connects to it: numbers in disguise come out as dotted ones. */
const hostOf = (address: string): string => new URL(asHttp(address)).hostname.replace(/^\[|\]$/gu, '');

function assertHost(host: string, refuse: (why: string) => never): void {
  const name = host.toLowerCase();
  const isLinkLocal = isIPv4(name)
    ? name.startsWith('169.254.') || name === '0.0.0.0'
    : isIPv6(name) && (/^fe[89ab]/u.test(name) || name === '::' || /^::ffff:a9fe:/u.test(name));
  if (isLinkLocal || name === 'metadata.google.internal')
    refuse('its host is not one that repositories are on');
}
