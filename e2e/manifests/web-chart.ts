/** A deployment of one container as YAML. */
export const deployment = (name: string, image: string): string =>
  [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  replicas: 1',
    `  selector: { matchLabels: { app: ${name} } }`,
    '  template:',
    `    metadata: { labels: { app: ${name} } }`,
    '    spec:',
    `      containers: [{ name: main, image: '${image}' }]`,
    '',
  ].join('\n');

/** A service that is Progressing until `readyBalancer` gives it an address. */
export const balancer = (name: string, wave = 0): string =>
  [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    `  name: ${name}`,
    `  annotations: { argocd.argoproj.io/sync-wave: '${wave}' }`,
    'spec:',
    '  type: LoadBalancer',
    '  ports: [{ port: 80 }]',
    '',
  ].join('\n');

/** The manifest in a sync wave. */
export const inWave = (yaml: string, wave: number): string =>
  yaml.replace('metadata:\n', `metadata:\n  annotations: { argocd.argoproj.io/sync-wave: '${wave}' }\n`);

const template = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
{{- range $key, $value := .Values.data }}
  {{ $key }}: {{ $value | quote }}
{{- end }}
`;

/** A chart whose one config map, named by the release, holds `data` of the values. Paths relative to the chart. */
export const webChart = (version = '1.0.0'): Record<string, string> => ({
  'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
  'values.yaml': `data:\n  chart: ${JSON.stringify(version)}\n`,
  'templates/cm.yaml': template,
});
