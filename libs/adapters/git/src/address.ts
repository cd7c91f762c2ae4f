import { TiphysError } from '@tiphys/model';

/** A repository's address, checked. */
export interface GitAddress {
  readonly scheme: 'https' | 'http' | 'ssh';
  readonly host: string;
  /** What git is given: no password in it. */
  readonly url: string;
  /** What people are shown: no user part at all over http. */
  readonly display: string;
  readonly isLoopback: boolean;
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
const SCP_LIKE = /^(?:([^@/:]+)@)?([^@/:]+):(?!\/\/)(.+)$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Parses the URL of a git repository. `https`, `http`, `ssh` and `user@host:path` pass; everything else
 * (local paths, `file`, `ext`, `git`, options in disguise, passwords in the URL) is refused with `invalid`.
 */
export function parseAddress(text: string): GitAddress {
  if (/[\p{Cc}\s]/u.test(text)) throw refused('it holds white space or control characters');
  if (text.startsWith('-')) throw refused('it starts with a dash');
  return text.includes('://') ? parseUrl(text) : parseScpLike(text);
}

function parseUrl(text: string): GitAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refused('it is not a URL');
  }
  const host = url.hostname;
  if (!HOST.test(host)) throw refused('its host is not a host name');
  if (url.password !== '') {
    throw refused('it holds a password; put the login into a repository secret instead');
  }
  if (url.username !== '' && !USER.test(decodeURIComponent(url.username))) {
    throw refused('its user holds characters that are not allowed');
  }
  switch (url.protocol) {
    case 'https:':
    case 'http:':
      return {
        scheme: url.protocol === 'https:' ? 'https' : 'http',
        host,
        url: text,
        display: withoutUser(url),
        isLoopback: LOOPBACK.test(host),
      };
    case 'ssh:':
      return { scheme: 'ssh', host, url: text, display: text, isLoopback: LOOPBACK.test(host) };
    default:
      throw refused(`the scheme ${url.protocol.slice(0, -1)} is not served; use https or ssh`);
  }
}

function parseScpLike(text: string): GitAddress {
  const match = SCP_LIKE.exec(text);
  const [, user, host = '', path = ''] = match ?? [];
  if (match === null) throw refused('it is neither a URL nor user@host:path');
  if (!HOST.test(host)) throw refused('its host is not a host name');
  if (user !== undefined && !USER.test(user)) throw refused('its user holds characters that are not allowed');
  if (path.startsWith('-')) throw refused('its path starts with a dash');
  return { scheme: 'ssh', host, url: text, display: text, isLoopback: LOOPBACK.test(host) };
}

function withoutUser(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  return shown.href;
}

const refused = (reason: string): TiphysError =>
  new TiphysError('invalid', `the repository URL is not usable: ${reason}`);
