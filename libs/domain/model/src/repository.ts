/** How to reach and log in to one repository; read from a secret of type `repository` merged with its template. */
export interface Repository {
  readonly url: string;
  readonly type: 'git' | 'helm' | 'oci';
  readonly name?: string;
  readonly project?: string;
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  readonly sshPrivateKey?: string;
  /** A proof that is exchanged for a login of some minutes. */
  readonly cloudLogin?: CloudLogin;
  readonly tlsClientCertData?: string;
  readonly tlsClientCertKey?: string;
  /** PEM of the certificates to trust for this host (from `argocd-tls-certs-cm`). */
  readonly caPem?: string;
  /** Lines in the form of an OpenSSH known_hosts file (from `argocd-ssh-known-hosts-cm`). */
  readonly knownHosts?: string;
  readonly insecure?: boolean;
  /** OCI registry behind a Helm repository (`enableOCI`), or an OCI artifact repository. */
  readonly enableOci?: boolean;
  readonly insecureOciForceHttp?: boolean;
  readonly proxy?: string;
  readonly noProxy?: string;
  readonly enableLfs?: boolean;
  readonly forceBasicAuth?: boolean;
  readonly depth?: number;
}

/** How a service that gives short-lived tokens is shown who asks. */
export type CloudLogin =
  | {
      readonly type: 'github-app';
      readonly appId: string;
      /** Absent: that of the repository is asked for. */
      readonly installationId?: string;
      /** PEM. */
      readonly privateKey: string;
      /** Default that of github.com. */
      readonly apiUrl?: string;
    }
  | {
      readonly type: 'google';
      /** The JSON file of a service account's key. */
      readonly serviceAccountKey: string;
    }
  /** The identity of the pod that asks. */
  | { readonly type: 'azure-workload-identity' }
  | {
      readonly type: 'azure-service-principal';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tenantId: string;
      /** Default that of the public cloud. */
      readonly endpoint?: string;
    };
