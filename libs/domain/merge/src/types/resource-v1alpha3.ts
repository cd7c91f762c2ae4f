// Written by tools/codegen/kube-types; do not edit.
export const resourceV1alpha3 = `
DeviceTaint key:?s value:?s effect:?s timeAdded:^t
DeviceTaintRule kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?DeviceTaintRuleSpec status:?DeviceTaintRuleStatus
DeviceTaintRuleSpec deviceSelector:^DeviceTaintSelector taint:?DeviceTaint
DeviceTaintRuleStatus conditions:?[meta/v1.Condition]~m=type
DeviceTaintSelector driver:^s pool:^s device:^s
PoolStatus driver:?s poolName:?s generation:?i resourceSliceCount:^i totalDevices:^i allocatedDevices:^i availableDevices:^i unavailableDevices:^i nodeName:^s validationError:^s
ResourcePoolStatusRequest kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ResourcePoolStatusRequestSpec status:^ResourcePoolStatusRequestStatus
ResourcePoolStatusRequestSpec driver:?s poolName:^s limit:^i
ResourcePoolStatusRequestStatus poolCount:^i pools:?[PoolStatus] conditions:?[meta/v1.Condition]~m=type
`;
