// Written by tools/codegen/kube-types; do not edit.
export const autoscalingV2 = `
ContainerResourceMetricSource name:?s target:?MetricTarget container:?s
ContainerResourceMetricStatus name:?s current:?MetricValueStatus container:?s
CrossVersionObjectReference kind:?s name:?s apiVersion:?s
ExternalMetricSource metric:?MetricIdentifier target:?MetricTarget
ExternalMetricStatus metric:?MetricIdentifier current:?MetricValueStatus
HPAScalingPolicy type:?s value:?i periodSeconds:?i
HPAScalingRules stabilizationWindowSeconds:^i selectPolicy:^s policies:?[HPAScalingPolicy] tolerance:^q
HorizontalPodAutoscaler kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?HorizontalPodAutoscalerSpec status:?HorizontalPodAutoscalerStatus
HorizontalPodAutoscalerBehavior scaleUp:^HPAScalingRules scaleDown:^HPAScalingRules
HorizontalPodAutoscalerCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
HorizontalPodAutoscalerSpec scaleTargetRef:?CrossVersionObjectReference minReplicas:^i maxReplicas:?i metrics:?[MetricSpec] behavior:^HorizontalPodAutoscalerBehavior
HorizontalPodAutoscalerStatus observedGeneration:^i lastScaleTime:^t currentReplicas:?i desiredReplicas:?i currentMetrics:?[MetricStatus] conditions:?[HorizontalPodAutoscalerCondition]~m=type
MetricIdentifier name:?s selector:^meta/v1.LabelSelector
MetricSpec type:?s object:^ObjectMetricSource pods:^PodsMetricSource resource:^ResourceMetricSource containerResource:^ContainerResourceMetricSource external:^ExternalMetricSource
MetricStatus type:?s object:^ObjectMetricStatus pods:^PodsMetricStatus resource:^ResourceMetricStatus containerResource:^ContainerResourceMetricStatus external:^ExternalMetricStatus
MetricTarget type:?s value:^q averageValue:^q averageUtilization:^i
MetricValueStatus value:^q averageValue:^q averageUtilization:^i
ObjectMetricSource describedObject:?CrossVersionObjectReference target:?MetricTarget metric:?MetricIdentifier
ObjectMetricStatus metric:?MetricIdentifier current:?MetricValueStatus describedObject:?CrossVersionObjectReference
PodsMetricSource metric:?MetricIdentifier target:?MetricTarget
PodsMetricStatus metric:?MetricIdentifier current:?MetricValueStatus
ResourceMetricSource name:?s target:?MetricTarget
ResourceMetricStatus name:?s current:?MetricValueStatus
`;
