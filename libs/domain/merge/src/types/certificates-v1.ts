// Written by tools/codegen/kube-types; do not edit.
export const certificatesV1 = `
CertificateSigningRequest kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CertificateSigningRequestSpec status:?CertificateSigningRequestStatus
CertificateSigningRequestCondition type:?s status:?s reason:?s message:?s lastUpdateTime:?t lastTransitionTime:?t
CertificateSigningRequestSpec request:?y signerName:?s expirationSeconds:^i usages:?[s] username:?s uid:?s groups:?[s] extra:?{[s]}
CertificateSigningRequestStatus conditions:?[CertificateSigningRequestCondition] certificate:?y
`;
