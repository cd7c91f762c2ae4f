import type { KubeObject } from '@tiphys/model';

const PREFIX = 'link.argocd.argoproj.io/';

/** Schemes that a browser does nothing harmful with. */
const SCHEMES = ['http:', 'https:'];

/** True for an absolute web address; anything else is never shown as a link. */
export function isWebUrl(text: string): boolean {
  const match = /^([a-z][a-z\d+.-]*:)\/\/[^/\s]/iu.exec(text);
  return match !== null && SCHEMES.includes((match[1] ?? '').toLowerCase());
}

/**
 * The links that annotations `link.argocd.argoproj.io/<name>` give an object, as they stand: an address, or a title and
 * an address with a bar between. What is no web address is left out.
 */
export function linksOf({ metadata }: KubeObject): readonly string[] {
  return Object.entries(metadata.annotations ?? {})
    .filter(([key, value]) => key.startsWith(PREFIX) && isWebUrl(value.slice(value.lastIndexOf('|') + 1)))
    .map(([, value]) => value);
}
