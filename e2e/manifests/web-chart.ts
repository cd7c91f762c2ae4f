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
