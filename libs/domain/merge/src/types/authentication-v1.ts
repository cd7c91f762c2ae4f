// Written by tools/codegen/kube-types; do not edit.
export const authenticationV1 = `
BoundObjectReference kind:?s apiVersion:?s name:?s uid:?s
TokenRequest kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?TokenRequestSpec status:?TokenRequestStatus
TokenRequestSpec audiences:?[s] expirationSeconds:^i boundObjectRef:^BoundObjectReference
TokenRequestStatus token:?s expirationTimestamp:?t
`;
