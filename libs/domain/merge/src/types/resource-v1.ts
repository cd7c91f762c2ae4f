// Written by tools/codegen/kube-types; do not edit.
export const resourceV1 = `
AllocatedDeviceStatus driver:?s pool:?s device:?s shareID:^s conditions:?[meta/v1.Condition] data:^* networkData:^NetworkDeviceData
AllocationResult devices:?DeviceAllocationResult nodeSelector:^core/v1.NodeSelector allocationTimestamp:^t
CELDeviceSelector expression:?s
CapacityRequestPolicy default:^q validValues:?[q] validRange:^CapacityRequestPolicyRange
CapacityRequestPolicyRange min:^q max:^q step:^q
CapacityRequirements requests:?{q}
Counter value:?q
CounterSet name:?s counters:?{Counter}
Device name:?s attributes:?{DeviceAttribute} capacity:?{DeviceCapacity} consumesCounters:?[DeviceCounterConsumption] nodeName:^s nodeSelector:^core/v1.NodeSelector allNodes:^b taints:?[DeviceTaint] bindsToNode:^b bindingConditions:?[s] bindingFailureConditions:?[s] allowMultipleAllocations:^b nodeAllocatableResourceMappings:?{NodeAllocatableResourceMapping}
DeviceAllocationConfiguration source:?s requests:?[s] opaque:^OpaqueDeviceConfiguration
DeviceAllocationResult results:?[DeviceRequestAllocationResult] config:?[DeviceAllocationConfiguration]
DeviceAttribute int:^i bool:^b string:^s version:^s ints:?[i] bools:?[b] strings:?[s] versions:?[s]
DeviceCapacity value:?q requestPolicy:^CapacityRequestPolicy
DeviceClaim requests:?[DeviceRequest] constraints:?[DeviceConstraint] config:?[DeviceClaimConfiguration]
DeviceClaimConfiguration requests:?[s] opaque:^OpaqueDeviceConfiguration
DeviceClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?DeviceClassSpec
DeviceClassConfiguration opaque:^OpaqueDeviceConfiguration
DeviceClassSpec selectors:?[DeviceSelector] config:?[DeviceClassConfiguration] extendedResourceName:^s
DeviceConstraint requests:?[s] matchAttribute:^s distinctAttribute:^s
DeviceCounterConsumption counterSet:?s counters:?{Counter}
DeviceRequest name:?s exactly:^ExactDeviceRequest firstAvailable:?[DeviceSubRequest]
DeviceRequestAllocationResult request:?s driver:?s pool:?s device:?s adminAccess:^b tolerations:?[DeviceToleration] bindingConditions:?[s] bindingFailureConditions:?[s] shareID:^s consumedCapacity:?{q}
DeviceSelector cel:^CELDeviceSelector
DeviceSubRequest name:?s deviceClassName:?s selectors:?[DeviceSelector] allocationMode:?s count:?i tolerations:?[DeviceToleration] capacity:^CapacityRequirements
DeviceTaint key:?s value:?s effect:?s timeAdded:^t
DeviceToleration key:?s operator:?s value:?s effect:?s tolerationSeconds:^i
ExactDeviceRequest deviceClassName:?s selectors:?[DeviceSelector] allocationMode:?s count:?i adminAccess:^b tolerations:?[DeviceToleration] capacity:^CapacityRequirements
NetworkDeviceData interfaceName:?s ips:?[s] hardwareAddress:?s
NodeAllocatableResourceMapping capacityKey:^s allocationMultiplier:^q
OpaqueDeviceConfiguration driver:?s parameters:?*
ResourceClaim kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ResourceClaimSpec status:?ResourceClaimStatus
ResourceClaimConsumerReference apiGroup:?s resource:?s name:?s uid:?s
ResourceClaimSpec devices:?DeviceClaim
ResourceClaimStatus allocation:^AllocationResult reservedFor:?[ResourceClaimConsumerReference]~m=uid devices:?[AllocatedDeviceStatus]
ResourceClaimTemplate kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ResourceClaimTemplateSpec
ResourceClaimTemplateSpec metadata:?meta/v1.ObjectMeta spec:?ResourceClaimSpec
ResourcePool name:?s generation:?i resourceSliceCount:?i
ResourceSlice kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ResourceSliceSpec
ResourceSliceSpec driver:?s pool:?ResourcePool nodeName:^s nodeSelector:^core/v1.NodeSelector allNodes:^b devices:?[Device] perDeviceNodeSelection:^b sharedCounters:?[CounterSet]
`;
