// Written by tools/codegen/kube-types; do not edit.
export const certificatesV1alpha1 = `
ClusterTrustBundle kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ClusterTrustBundleSpec
ClusterTrustBundleSpec signerName:?s trustBundle:?s
`;
