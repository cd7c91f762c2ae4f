{{/* Labels of an object: dict root, name, component. */}}
{{- define "tiphys.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: argocd
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Cluster-scoped names must differ between two installs: only the namespace argocd gets the plain ones. */}}
{{- define "tiphys.clusterName" -}}
{{- if eq .root.Release.Namespace "argocd" -}}{{ .name }}{{- else -}}{{ .name }}-{{ .root.Release.Namespace }}{{- end -}}
{{- end -}}

{{/* An image reference from dict root, image; a digest wins over a tag. */}}
{{- define "tiphys.image" -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* host:port of the Redis in use. */}}
{{- define "tiphys.redisAddress" -}}
{{- if .Values.redis.enabled -}}
argocd-redis:6379
{{- else -}}
{{ required "externalRedis.host is needed when redis.enabled is false" .Values.externalRedis.host }}:{{ .Values.externalRedis.port }}
{{- end -}}
{{- end -}}

{{/* A live object's data, empty when it is absent or when the cluster cannot be asked (helm template). */}}
{{- define "tiphys.liveData" -}}
{{- $live := lookup "v1" .kind .root.Release.Namespace .name | default dict -}}
{{- get $live "data" | default dict | toJson -}}
{{- end -}}

{{/* Keeps an object through uninstall and upgrade: it holds what people or the services wrote. */}}
{{- define "tiphys.keep" -}}
helm.sh/resource-policy: keep
{{- end -}}
