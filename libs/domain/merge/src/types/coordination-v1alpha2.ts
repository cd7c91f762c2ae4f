// Written by tools/codegen/kube-types; do not edit.
export const coordinationV1alpha2 = `
LeaseCandidate kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?LeaseCandidateSpec
LeaseCandidateSpec leaseName:?s pingTime:^t renewTime:^t binaryVersion:?s emulationVersion:?s strategy:?s
`;
