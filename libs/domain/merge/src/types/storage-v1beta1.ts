// Written by tools/codegen/kube-types; do not edit.
export const storageV1beta1 = `
CSIDriver kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CSIDriverSpec
CSIDriverSpec attachRequired:^b podInfoOnMount:^b volumeLifecycleModes:?[s] storageCapacity:^b fsGroupPolicy:^s tokenRequests:?[TokenRequest] requiresRepublish:^b seLinuxMount:^b nodeAllocatableUpdatePeriodSeconds:^i serviceAccountTokenInSecrets:^b preventPodSchedulingIfMissing:^b
CSINode kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CSINodeSpec
CSINodeDriver name:?s nodeID:?s topologyKeys:?[s] allocatable:^VolumeNodeResources
CSINodeSpec drivers:?[CSINodeDriver]~m=name
CSIStorageCapacity kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta nodeTopology:^meta/v1.LabelSelector storageClassName:?s capacity:^q maximumVolumeSize:^q
StorageClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta provisioner:?s parameters:?{s} reclaimPolicy:^s mountOptions:?[s] allowVolumeExpansion:^b volumeBindingMode:^s allowedTopologies:?[core/v1.TopologySelectorTerm]
TokenRequest audience:?s expirationSeconds:^i
VolumeAttachment kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?VolumeAttachmentSpec status:?VolumeAttachmentStatus
VolumeAttachmentSource persistentVolumeName:^s inlineVolumeSpec:^core/v1.PersistentVolumeSpec
VolumeAttachmentSpec attacher:?s source:?VolumeAttachmentSource nodeName:?s
VolumeAttachmentStatus attached:?b attachmentMetadata:?{s} attachError:^VolumeError detachError:^VolumeError
VolumeAttributesClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta driverName:?s parameters:?{s}
VolumeError time:?t message:?s errorCode:^i
VolumeNodeResources count:^i
`;
