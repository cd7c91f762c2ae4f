// Written by tools/codegen/kube-types; do not edit.
export const apiserverinternalV1alpha1 = `
ServerStorageVersion apiServerID:?s encodingVersion:?s decodableVersions:?[s] servedVersions:?[s]
StorageVersion kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?StorageVersionSpec status:?StorageVersionStatus
StorageVersionCondition type:?s status:?s observedGeneration:?i lastTransitionTime:?t reason:?s message:?s
StorageVersionSpec
StorageVersionStatus storageVersions:?[ServerStorageVersion] commonEncodingVersion:^s conditions:?[StorageVersionCondition]
`;
