// Written by tools/codegen/kube-types; do not edit.
export const discoveryV1beta1 = `
Endpoint addresses:?[s] conditions:?EndpointConditions hostname:^s targetRef:^core/v1.ObjectReference topology:?{s} nodeName:^s hints:^EndpointHints
EndpointConditions ready:^b serving:^b terminating:^b
EndpointHints forZones:?[ForZone] forNodes:?[ForNode]
EndpointPort name:^s protocol:^s port:^i appProtocol:^s
EndpointSlice kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta addressType:?s endpoints:?[Endpoint] ports:?[EndpointPort]
ForNode name:?s
ForZone name:?s
`;
