{{/* The services that take part in mutual TLS: identity to the names that it is dialled by. */}}
{{- define "tiphys.identities" -}}
repo-server: [argocd-repo-server]
application-controller: [argocd-application-controller, argocd-metrics]
api-server: [argocd-server]
notifications: [argocd-notifications-controller]
{{- end -}}

{{- define "tiphys.dnsNames" -}}
{{- $names := list (printf "%s.tiphys.internal" .identity) "localhost" -}}
{{- range .services -}}
{{- $names = concat $names (list . (printf "%s.%s" . $.namespace) (printf "%s.%s.svc" . $.namespace) (printf "%s.%s.svc.cluster.local" . $.namespace)) -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/*
Fills .Values.internalTls.issued once a render: the CA and one certificate for each identity (base64).
What the cluster already holds is kept, unless it is incomplete or past renewAfterDays.
*/}}
{{- define "tiphys.issueInternalTls" -}}
{{- if not (hasKey .Values.internalTls "issued") -}}
{{- $issued := dict -}}
{{- if .Values.internalTls.create -}}
{{- $root := . -}}
{{- $days := int .Values.internalTls.validityDays -}}
{{- $live := lookup "v1" "Secret" .Release.Namespace "tiphys-internal-ca" | default dict -}}
{{- $data := get $live "data" | default dict -}}
{{- $annotations := get (get $live "metadata" | default dict) "annotations" | default dict -}}
{{- $issuedAt := get $annotations "tiphys.internal/issued-at" | default "0" | int64 -}}
{{- $now := now | unixEpoch | int64 -}}
{{- $due := gt (sub $now $issuedAt) (mul (int64 .Values.internalTls.renewAfterDays) 86400) -}}
{{- $keep := and (hasKey $data "tls.crt") (hasKey $data "tls.key") (not $due) -}}
{{- $ca := dict -}}
{{- if $keep -}}
{{- $ca = buildCustomCert (index $data "tls.crt") (index $data "tls.key") -}}
{{- else -}}
{{- $issuedAt = $now -}}
{{- $ca = genCAWithKey "tiphys internal CA" $days (genPrivateKey "ecdsa") -}}
{{- end -}}
{{- $_ := set $issued "ca" (dict "crt" ($ca.Cert | b64enc) "key" ($ca.Key | b64enc) "issuedAt" $issuedAt) -}}
{{- range $identity, $services := include "tiphys.identities" . | fromYaml -}}
{{- $old := include "tiphys.liveData" (dict "root" $root "kind" "Secret" "name" (printf "tiphys-internal-tls-%s" $identity)) | fromJson -}}
{{- $sameCa := eq (get $old "ca.crt") ($ca.Cert | b64enc) -}}
{{- if and $keep $sameCa (hasKey $old "tls.crt") (hasKey $old "tls.key") -}}
{{- $_ := set $issued $identity (dict "crt" (index $old "tls.crt") "key" (index $old "tls.key") "ca" (index $old "ca.crt")) -}}
{{- else -}}
{{- $names := include "tiphys.dnsNames" (dict "identity" $identity "services" $services "namespace" $root.Release.Namespace) | fromJsonArray -}}
{{- $cert := genSignedCertWithKey (printf "%s.tiphys.internal" $identity) (list "127.0.0.1" "::1") $names $days $ca (genPrivateKey "ecdsa") -}}
{{- $_ := set $issued $identity (dict "crt" ($cert.Cert | b64enc) "key" ($cert.Key | b64enc) "ca" ($ca.Cert | b64enc)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set .Values.internalTls "issued" $issued -}}
{{- end -}}
{{- end -}}

{{/* Mounts that every service has. */}}
{{- define "tiphys.identityMounts" -}}
- name: internal-tls
  mountPath: /app/config/internal-tls
  readOnly: true
- name: cache-key
  mountPath: /app/config/cache-key
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "tiphys.identityVolumes" -}}
- name: internal-tls
  secret:
    secretName: tiphys-internal-tls-{{ .identity }}
    defaultMode: 0440
- name: cache-key
  secret:
    secretName: tiphys-cache-key
    defaultMode: 0440
- name: tmp
  emptyDir:
    sizeLimit: {{ .tmpSizeLimit }}
{{- end -}}

{{- define "tiphys.identityArgs" -}}
- --internal-tls-dir
- /app/config/internal-tls
- --cache-key-file
- /app/config/cache-key/key
{{- end -}}
