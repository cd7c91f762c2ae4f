import type { JsonValue } from '@tiphys/model';
import type { KubeApi } from './kube.ts';

/** A destination as its cluster secret describes it. */
export interface ClusterConfig {
  readonly server: string;
  readonly name: string;
  /** Namespaces the control plane is limited to; empty means all. */
  readonly namespaces: readonly string[];
  readonly clusterResources: boolean;
  readonly project: string;
  /** UID of its secret; absent for the cluster that no secret describes. */
  readonly id?: string;
  /** The shard of the application-controller that its secret asks for. */
  readonly shard?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly credentials: ClusterCredentials;
}

/** The `config` key of a cluster secret (wire/secrets.tsv). */
export interface ClusterCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  readonly tlsClientConfig?: {
    readonly insecure?: boolean;
    readonly serverName?: string;
    /** PEM, decoded from base64. */
    readonly certData?: string;
    readonly keyData?: string;
    readonly caData?: string;
  };
  readonly execProviderConfig?: {
    readonly command: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly apiVersion?: string;
    readonly installHint?: string;
    /** Tell the plugin which cluster it is asked for, with `config` as its own settings. */
    readonly provideClusterInfo?: boolean;
    readonly config?: JsonValue;
  };
  readonly proxyUrl?: string;
  readonly disableCompression?: boolean;
}

/** Makes API clients for destinations. */
export interface ClusterConnector {
  connect(config: ClusterConfig): Promise<KubeApi>;
}
