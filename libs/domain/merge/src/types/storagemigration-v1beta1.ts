// Written by tools/codegen/kube-types; do not edit.
export const storagemigrationV1beta1 = `
StorageVersionMigration kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?StorageVersionMigrationSpec status:?StorageVersionMigrationStatus
StorageVersionMigrationSpec resource:?meta/v1.GroupResource
StorageVersionMigrationStatus conditions:?[meta/v1.Condition]~m=type resourceVersion:?s
`;
