// Written by tools/codegen/kube-types; do not edit.
export const coordinationV1 = `
Lease kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?LeaseSpec
LeaseSpec holderIdentity:^s leaseDurationSeconds:^i acquireTime:^t renewTime:^t leaseTransitions:^i strategy:^s preferredHolder:^s
`;
