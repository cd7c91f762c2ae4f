import { createHash } from 'node:crypto';

/** An ssh host key of a server. */
export interface HostKey {
  /** `host` or `[host]:port`. */
  readonly host: string;
  readonly type: string;
  /** Base64. */
  readonly key: string;
}

const TYPE = /^[a-z0-9][a-z0-9@.-]*$/u;
const HOST = /^[^\s,]+$/u;

/** The keys in a known_hosts file; comments, markers and lines that make no sense are passed over. */
export function hostKeysIn(text: string): readonly HostKey[] {
  return text.split('\n').flatMap((line) => keysOfLine(line));
}

function keysOfLine(line: string): readonly HostKey[] {
  const [hosts = '', type = '', key = ''] = line.trim().split(/\s+/u);
  if (hosts.startsWith('#') || hosts.startsWith('@') || !isHostKey({ host: hosts, type, key })) return [];
  return hosts.split(',').map((host) => ({ host, type, key }));
}

/** True for a key whose own text says the type that it goes by. */
export function isHostKey({ host, type, key }: HostKey): boolean {
  if (host === '' || /\s/u.test(host) || !TYPE.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/u.test(key))
    return false;
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length < 4) return false;
  const length = bytes.readUInt32BE(0);
  return bytes.subarray(4, 4 + length).toString() === type;
}

export const isHostName = (host: string): boolean =>
  HOST.test(host) && !host.startsWith('#') && !host.startsWith('@');

/** SHA-256 of a key in base64 without padding, as ssh shows it. */
export const fingerprintOf = (key: string): string =>
  createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/u, '');

/** The file with further keys at its end. */
export function withHostKeys(text: string, keys: readonly HostKey[]): string {
  const lines = keys.map(({ host, type, key }) => `${host} ${type} ${key}`);
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${lines.join('\n')}\n`;
}

/** The file without some keys; everything else in it stays. */
export function withoutHostKeys(text: string, isGone: (key: HostKey) => boolean): string {
  const lines = text.split('\n').flatMap((line) => {
    const keys = keysOfLine(line);
    const left = keys.filter((key) => !isGone(key));
    if (keys.length === left.length) return [line];
    const [first] = left;
    return first === undefined
      ? []
      : [`${left.map(({ host }) => host).join(',')} ${first.type} ${first.key}`];
  });
  return lines.join('\n');
}
