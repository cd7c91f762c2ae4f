{{/* argocd-cmd-params-cm: what the chart knows, overridden by what the values say. */}}
{{- define "tiphys.parameters" -}}
{{- $known := dict "redis.server" (include "tiphys.redisAddress" .) "repo.server" "argocd-repo-server:8081" -}}
{{- if .Values.server.insecure -}}
{{- $_ := set $known "server.insecure" "true" -}}
{{- end -}}
{{- range $key, $value := merge (deepCopy .Values.config.params) $known }}
{{ $key }}: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{/* A config map that shares its keys with people: dict root, name, data. `data` is always there, so that a key
that leaves the values takes nothing else with it. */}}
{{- define "tiphys.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "tiphys.labels" (dict "root" .root "name" .name "component" "config") | nindent 4 }}
  annotations:
    {{- include "tiphys.keep" . | nindent 4 }}
data:
  {{- range $key, $value := .data }}
  {{ $key | quote }}: {{ if kindIs "string" $value }}{{ $value | toJson }}{{ else if or (kindIs "map" $value) (kindIs "slice" $value) }}{{ toYaml $value | toJson }}{{ else }}{{ $value | toString | quote }}{{ end }}
  {{- else }} {}
  {{- end }}
{{- end -}}

{{/* The namespaces besides its own in which Applications may live; empty for none. */}}
{{- define "tiphys.applicationNamespaces" -}}
{{- get .Values.config.params "application.namespaces" | default "" -}}
{{- end -}}

{{/* `true` where syncs have the rights of service accounts. */}}
{{- define "tiphys.impersonates" -}}
{{- get .Values.config.cm "application.sync.impersonation.enabled" | default "false" | toString -}}
{{- end -}}
