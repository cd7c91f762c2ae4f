// Written by tools/codegen/kube-types; do not edit.
export const flowcontrolV1beta3 = `
ExemptPriorityLevelConfiguration nominalConcurrencyShares:^i lendablePercent:^i
FlowDistinguisherMethod type:?s
FlowSchema kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?FlowSchemaSpec status:?FlowSchemaStatus
FlowSchemaCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
FlowSchemaSpec priorityLevelConfiguration:?PriorityLevelConfigurationReference matchingPrecedence:?i distinguisherMethod:^FlowDistinguisherMethod rules:?[PolicyRulesWithSubjects]
FlowSchemaStatus conditions:?[FlowSchemaCondition]~m=type
GroupSubject name:?s
LimitResponse type:?s queuing:^QueuingConfiguration
LimitedPriorityLevelConfiguration nominalConcurrencyShares:?i limitResponse:?LimitResponse lendablePercent:^i borrowingLimitPercent:^i
NonResourcePolicyRule verbs:?[s] nonResourceURLs:?[s]
PolicyRulesWithSubjects subjects:?[Subject] resourceRules:?[ResourcePolicyRule] nonResourceRules:?[NonResourcePolicyRule]
PriorityLevelConfiguration kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PriorityLevelConfigurationSpec status:?PriorityLevelConfigurationStatus
PriorityLevelConfigurationCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
PriorityLevelConfigurationReference name:?s
PriorityLevelConfigurationSpec type:?s limited:^LimitedPriorityLevelConfiguration exempt:^ExemptPriorityLevelConfiguration
PriorityLevelConfigurationStatus conditions:?[PriorityLevelConfigurationCondition]~m=type
QueuingConfiguration queues:?i handSize:?i queueLengthLimit:?i
ResourcePolicyRule verbs:?[s] apiGroups:?[s] resources:?[s] clusterScope:?b namespaces:?[s]
ServiceAccountSubject namespace:?s name:?s
Subject kind:?s user:^UserSubject group:^GroupSubject serviceAccount:^ServiceAccountSubject
UserSubject name:?s
`;
