/** How a client reaches and proves itself to an API server. Everything PEM is text, not base64. */
export interface KubeConnection {
  readonly apiUrl: string;
  readonly caPem: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly token?: string;
  /** Read anew by clients, as it may change. */
  readonly tokenFile?: string;
}

/** A kubeconfig (JSON, which is YAML) with one cluster, one user and one context, all called `name`. */
export function kubeconfigOf(
  connection: KubeConnection,
  options: { name?: string; namespace?: string } = {},
): string {
  const name = options.name ?? 'tiphys';
  const { certPem, keyPem, token, tokenFile } = connection;
  const user = {
    ...(certPem === undefined ? {} : { 'client-certificate-data': base64(certPem) }),
    ...(keyPem === undefined ? {} : { 'client-key-data': base64(keyPem) }),
    ...(token === undefined ? {} : { token }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  };
  const namespace = options.namespace === undefined ? {} : { namespace: options.namespace };
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [
        {
          name,
          cluster: { server: connection.apiUrl, 'certificate-authority-data': base64(connection.caPem) },
        },
      ],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name, ...namespace } }],
    },
    null,
    2,
  )}\n`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
