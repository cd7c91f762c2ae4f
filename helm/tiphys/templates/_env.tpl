{{/*
Environment of a service: dict root, service, values.
Where it is, the settings that files/env.yaml maps to config maps, and the way into Redis.
*/}}
{{- define "tiphys.env" -}}
{{- $settings := get (.root.Files.Get "files/env.yaml" | fromYaml) .service -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: HOME
  value: /tmp
{{- range $settings }}
- name: {{ .name }}
  valueFrom:
    configMapKeyRef:
      name: {{ .configMap }}
      key: {{ .key }}
      optional: true
{{- end }}
{{- include "tiphys.redisCredentials" .root }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "tiphys.redisCredentials" -}}
{{- if and (not .Values.redis.enabled) .Values.externalRedis.username }}
- name: REDIS_USERNAME
  value: {{ .Values.externalRedis.username | quote }}
{{- end }}
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      {{- if and (not .Values.redis.enabled) .Values.externalRedis.existingSecret }}
      name: {{ .Values.externalRedis.existingSecret }}
      key: {{ .Values.externalRedis.existingSecretKey }}
      {{- else }}
      name: argocd-redis
      key: auth
      {{- end }}
      {{- /* An external Redis may do without a password. */}}
      optional: {{ not .Values.redis.enabled }}
{{- end -}}
