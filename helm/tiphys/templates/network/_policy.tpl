{{/* A NetworkPolicy that lets pods of this release in: dict root, name, target, component, from (pod names), port. */}}
{{- define "tiphys.allowPeers" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "tiphys.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .target }}
  policyTypes: [Ingress]
  ingress:
    - from:
        {{- range .from }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: {{ . }}
        {{- end }}
      ports:
        - protocol: TCP
          port: {{ .port }}
{{- end -}}

{{/* The same for any peers: dict root, name, target, component, peers (empty: everyone), port. */}}
{{- define "tiphys.allowFrom" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "tiphys.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .target }}
  policyTypes: [Ingress]
  ingress:
    - ports:
        - protocol: TCP
          port: {{ .port }}
      {{- with .peers }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
