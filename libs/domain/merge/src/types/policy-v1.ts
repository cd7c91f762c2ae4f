// Written by tools/codegen/kube-types; do not edit.
export const policyV1 = `
PodDisruptionBudget kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PodDisruptionBudgetSpec status:?PodDisruptionBudgetStatus
PodDisruptionBudgetSpec minAvailable:^x selector:^meta/v1.LabelSelector~r maxUnavailable:^x unhealthyPodEvictionPolicy:^s
PodDisruptionBudgetStatus observedGeneration:?i disruptedPods:?{t} disruptionsAllowed:?i currentHealthy:?i desiredHealthy:?i expectedPods:?i conditions:?[meta/v1.Condition]~m=type
`;
