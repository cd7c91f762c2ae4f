// Written by tools/codegen/kube-types; do not edit.
export const coordinationV1beta1 = `
Lease kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?LeaseSpec
LeaseCandidate kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?LeaseCandidateSpec
LeaseCandidateSpec leaseName:?s pingTime:^t renewTime:^t binaryVersion:?s emulationVersion:?s strategy:?s
LeaseSpec holderIdentity:^s leaseDurationSeconds:^i acquireTime:^t renewTime:^t leaseTransitions:^i strategy:^s preferredHolder:^s
`;
