// Written by tools/codegen/kube-types; do not edit.
export const schedulingV1beta1 = `
PriorityClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta value:?i globalDefault:?b description:?s preemptionPolicy:^s
`;
