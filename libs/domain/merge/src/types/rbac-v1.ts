// Written by tools/codegen/kube-types; do not edit.
export const rbacV1 = `
AggregationRule clusterRoleSelectors:?[meta/v1.LabelSelector]
ClusterRole kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta rules:?[PolicyRule] aggregationRule:^AggregationRule
ClusterRoleBinding kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta subjects:?[Subject] roleRef:?RoleRef
PolicyRule verbs:?[s] apiGroups:?[s] resources:?[s] resourceNames:?[s] nonResourceURLs:?[s]
Role kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta rules:?[PolicyRule]
RoleBinding kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta subjects:?[Subject] roleRef:?RoleRef
RoleRef apiGroup:?s kind:?s name:?s
Subject kind:?s apiGroup:?s name:?s namespace:?s
`;
