{{/* Pod labels: dict root, name, component, values. */}}
{{- define "tiphys.podLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: argocd
{{- with merge (deepCopy .values.podLabels) .root.Values.global.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Pod annotations: a change of what the pod reads only at start rolls it. */}}
{{- define "tiphys.podAnnotations" -}}
{{- with .identity }}
{{- include "tiphys.issueInternalTls" $.root }}
{{- with (get $.root.Values.internalTls.issued .) }}
checksum/internal-tls: {{ printf "%s%s" .ca .crt | sha256sum }}
{{- end }}
checksum/parameters: {{ include "tiphys.parameters" $.root | sha256sum }}
{{- end }}
{{- with merge (deepCopy .values.podAnnotations) .root.Values.global.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where and as whom a pod runs: dict root, name, values, token (mount a ServiceAccount token). */}}
{{- define "tiphys.podPlacement" -}}
serviceAccountName: {{ .name }}
automountServiceAccountToken: {{ .token }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 999
  runAsGroup: 999
  fsGroup: 999
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.global.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
  {{- with merge (deepCopy .values.nodeSelector) .root.Values.global.nodeSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with concat .root.Values.global.tolerations .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "tiphys.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop:
    - ALL
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Probes of /healthz on a named port. */}}
{{- define "tiphys.probes" -}}
startupProbe:
  httpGet: &health
    path: /healthz
    port: {{ . }}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: *health
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: *health
  periodSeconds: 10
  timeoutSeconds: 3
{{- end -}}
