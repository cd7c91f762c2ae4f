import type { Authorizer } from './auth.ts';

/** TLS as Node takes it; PEM text throughout. */
export interface TlsSettings {
  /** Authorities to trust; unset means those of the system. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to ask for and to verify, where it is not the host of the address. */
  readonly serverName?: string;
  /** Accept any certificate. Off unless the owner of the credentials asked for it. */
  readonly insecure?: boolean;
}

/** All that is needed to talk to one API server. */
export interface KubeConnection {
  /** `https://host:port`, with a path where the API server sits behind one; no trailing slash. */
  readonly server: string;
  /** What the client calls itself (`KubeApi.server`), where that is not the address. */
  readonly knownAs?: string;
  readonly tls: TlsSettings;
  readonly authorizer: Authorizer;
  /** `http://host:port`: an HTTP proxy that is asked to CONNECT. */
  readonly proxyUrl?: string;
  /** Ask for uncompressed answers. */
  readonly disableCompression?: boolean;
  /** Whose rights all requests have, in place of those of the login. */
  readonly impersonate?: Impersonation;
}

/** A user whose rights the login may take on. */
export interface Impersonation {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
}
