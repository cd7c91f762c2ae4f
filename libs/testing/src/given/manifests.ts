/** A config map as YAML with one value `v`. */
export const configMap = (name: string, value: string): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    `  name: ${name}`,
    'data:',
    `  v: ${JSON.stringify(value)}`,
    '',
  ].join('\n');

/** A service as YAML with one port. */
export const service = (name: string, port: number): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    `  ports: [{ port: ${port} }]`,
    '',
  ].join('\n');
