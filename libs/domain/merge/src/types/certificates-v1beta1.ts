// Written by tools/codegen/kube-types; do not edit.
export const certificatesV1beta1 = `
CertificateSigningRequest kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CertificateSigningRequestSpec status:?CertificateSigningRequestStatus
CertificateSigningRequestCondition type:?s status:?s reason:?s message:?s lastUpdateTime:?t lastTransitionTime:?t
CertificateSigningRequestSpec request:?y signerName:^s expirationSeconds:^i usages:?[s] username:?s uid:?s groups:?[s] extra:?{[s]}
CertificateSigningRequestStatus conditions:?[CertificateSigningRequestCondition] certificate:?y
ClusterTrustBundle kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ClusterTrustBundleSpec
ClusterTrustBundleSpec signerName:?s trustBundle:?s
PodCertificateRequest kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PodCertificateRequestSpec status:?PodCertificateRequestStatus
PodCertificateRequestSpec signerName:?s podName:?s podUID:?s serviceAccountName:?s serviceAccountUID:?s nodeName:?s nodeUID:?s maxExpirationSeconds:^i pkixPublicKey:?y proofOfPossession:?y stubPKCS10Request:?y unverifiedUserAnnotations:?{s}
PodCertificateRequestStatus conditions:?[meta/v1.Condition]~m=type certificateChain:?s notBefore:^t beginRefreshAt:^t notAfter:^t
`;
