import type { Change } from '../change.ts';

/** Reads a header by its lower-case name; undefined where it was not sent. */
export type Headers = (name: string) => string | undefined;

/** How a provider proves that a message is its own. Secrets are keys of `argocd-secret`; an empty one asks for nothing. */
export type Proof =
  | {
      readonly type: 'hmac';
      readonly secret: string;
      /** Headers that may hold the signature in hex, the strongest first; the first that was sent counts. */
      readonly signatures: readonly {
        readonly header: string;
        readonly algorithm: 'sha256' | 'sha1';
        /** What stands before the hex digits. */
        readonly prefix: string;
      }[];
    }
  | { readonly type: 'token'; readonly secret: string; readonly header: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string };

/** What a message amounts to. */
export type Reading =
  | { readonly type: 'changes'; readonly changes: readonly Change[] }
  /** Fine, and about nothing that counts here: a test of the connection, another kind of package. */
  | { readonly type: 'ignored' }
  /** Not a message that this provider sends for the events that are served. */
  | { readonly type: 'refused'; readonly reason: string };

export interface Provider {
  readonly name: string;
  /** True for messages of this provider, by their headers. */
  readonly isSender: (headers: Headers) => boolean;
  readonly proof: Proof;
  /** Never throws, whatever the payload is. */
  readonly read: (payload: unknown, headers: Headers) => Reading;
}

export const refused = (reason: string): Reading => ({ type: 'refused', reason });
export const ignored: Reading = { type: 'ignored' };
export const changesOf = (...changes: readonly Change[]): Reading => ({ type: 'changes', changes });
