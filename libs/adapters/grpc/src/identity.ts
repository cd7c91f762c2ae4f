import type { PeerCertificate } from 'node:tls';

const SUFFIX = '.tiphys.internal';

/** The name that a service's certificate carries. */
export const identityHost = (service: string): string => `${service}${SUFFIX}`;

/** The one service that a verified certificate speaks for; undefined where it names none, or several. */
export function identityOf(
  certificate: Pick<PeerCertificate, 'subjectaltname'> | undefined,
): string | undefined {
  const names = (certificate?.subjectaltname ?? '')
    .split(', ')
    .filter((name) => name.startsWith('DNS:') && name.endsWith(SUFFIX))
    .map((name) => name.slice('DNS:'.length, -SUFFIX.length));
  const [identity] = names;
  if (names.length !== 1 || identity === undefined) return undefined;
  return /^[a-z][a-z0-9-]*$/.test(identity) ? identity : undefined;
}

/** True for addresses that only this machine can reach. */
export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || address === '[::1]' || /^127(\.\d{1,3}){3}$/.test(address);
