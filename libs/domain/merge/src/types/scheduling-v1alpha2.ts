// Written by tools/codegen/kube-types; do not edit.
export const schedulingV1alpha2 = `
BasicSchedulingPolicy
GangSchedulingPolicy minCount:?i
PodGroup kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PodGroupSpec status:?PodGroupStatus
PodGroupResourceClaim name:?s resourceClaimName:^s resourceClaimTemplateName:^s
PodGroupResourceClaimStatus name:?s resourceClaimName:^s
PodGroupSchedulingConstraints topology:?[TopologyConstraint]
PodGroupSchedulingPolicy basic:^BasicSchedulingPolicy gang:^GangSchedulingPolicy
PodGroupSpec podGroupTemplateRef:^PodGroupTemplateReference schedulingPolicy:?PodGroupSchedulingPolicy schedulingConstraints:^PodGroupSchedulingConstraints resourceClaims:?[PodGroupResourceClaim]~mk=name disruptionMode:^s priorityClassName:?s priority:^i
PodGroupStatus conditions:?[meta/v1.Condition]~m=type resourceClaimStatuses:?[PodGroupResourceClaimStatus]~mk=name
PodGroupTemplate name:?s schedulingPolicy:?PodGroupSchedulingPolicy schedulingConstraints:^PodGroupSchedulingConstraints resourceClaims:?[PodGroupResourceClaim]~mk=name disruptionMode:^s priorityClassName:?s priority:^i
PodGroupTemplateReference workload:^WorkloadPodGroupTemplateReference
TopologyConstraint key:?s
TypedLocalObjectReference apiGroup:?s kind:?s name:?s
Workload kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?WorkloadSpec
WorkloadPodGroupTemplateReference workloadName:?s podGroupTemplateName:?s
WorkloadSpec controllerRef:^TypedLocalObjectReference podGroupTemplates:?[PodGroupTemplate]
`;
