// Written by tools/codegen/kube-types; do not edit.
export const batchV1 = `
CronJob kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CronJobSpec status:?CronJobStatus
CronJobSpec schedule:?s timeZone:^s startingDeadlineSeconds:^i concurrencyPolicy:?s suspend:^b jobTemplate:?JobTemplateSpec successfulJobsHistoryLimit:^i failedJobsHistoryLimit:^i
CronJobStatus active:?[core/v1.ObjectReference] lastScheduleTime:^t lastSuccessfulTime:^t
Job kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?JobSpec status:?JobStatus
JobCondition type:?s status:?s lastProbeTime:?t lastTransitionTime:?t reason:?s message:?s
JobSpec parallelism:^i completions:^i activeDeadlineSeconds:^i podFailurePolicy:^PodFailurePolicy successPolicy:^SuccessPolicy backoffLimit:^i backoffLimitPerIndex:^i maxFailedIndexes:^i selector:^meta/v1.LabelSelector manualSelector:^b template:?core/v1.PodTemplateSpec ttlSecondsAfterFinished:^i completionMode:^s suspend:^b podReplacementPolicy:^s managedBy:^s
JobStatus conditions:?[JobCondition]~m=type startTime:^t completionTime:^t active:?i succeeded:?i failed:?i terminating:^i completedIndexes:?s failedIndexes:^s uncountedTerminatedPods:^UncountedTerminatedPods ready:^i
JobTemplateSpec metadata:?meta/v1.ObjectMeta spec:?JobSpec
PodFailurePolicy rules:?[PodFailurePolicyRule]
PodFailurePolicyOnExitCodesRequirement containerName:^s operator:?s values:?[i]
PodFailurePolicyOnPodConditionsPattern type:?s status:?s
PodFailurePolicyRule action:?s onExitCodes:^PodFailurePolicyOnExitCodesRequirement onPodConditions:?[PodFailurePolicyOnPodConditionsPattern]
SuccessPolicy rules:?[SuccessPolicyRule]
SuccessPolicyRule succeededIndexes:^s succeededCount:^i
UncountedTerminatedPods succeeded:?[s] failed:?[s]
`;
