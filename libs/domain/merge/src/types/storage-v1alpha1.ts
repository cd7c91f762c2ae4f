// Written by tools/codegen/kube-types; do not edit.
export const storageV1alpha1 = `
CSIStorageCapacity kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta nodeTopology:^meta/v1.LabelSelector storageClassName:?s capacity:^q maximumVolumeSize:^q
VolumeAttachment kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?VolumeAttachmentSpec status:?VolumeAttachmentStatus
VolumeAttachmentSource persistentVolumeName:^s inlineVolumeSpec:^core/v1.PersistentVolumeSpec
VolumeAttachmentSpec attacher:?s source:?VolumeAttachmentSource nodeName:?s
VolumeAttachmentStatus attached:?b attachmentMetadata:?{s} attachError:^VolumeError detachError:^VolumeError
VolumeAttributesClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta driverName:?s parameters:?{s}
VolumeError time:?t message:?s errorCode:^i
`;
