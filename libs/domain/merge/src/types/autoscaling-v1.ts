// Written by tools/codegen/kube-types; do not edit.
export const autoscalingV1 = `
CrossVersionObjectReference kind:?s name:?s apiVersion:?s
HorizontalPodAutoscaler kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?HorizontalPodAutoscalerSpec status:?HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerSpec scaleTargetRef:?CrossVersionObjectReference minReplicas:^i maxReplicas:?i targetCPUUtilizationPercentage:^i
HorizontalPodAutoscalerStatus observedGeneration:^i lastScaleTime:^t currentReplicas:?i desiredReplicas:?i currentCPUUtilizationPercentage:^i
Scale kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ScaleSpec status:?ScaleStatus
ScaleSpec replicas:?i
ScaleStatus replicas:?i selector:?s
`;
