// Written by tools/codegen/kube-types; do not edit.
export const batchV1beta1 = `
CronJob kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CronJobSpec status:?CronJobStatus
CronJobSpec schedule:?s timeZone:^s startingDeadlineSeconds:^i concurrencyPolicy:?s suspend:^b jobTemplate:?JobTemplateSpec successfulJobsHistoryLimit:^i failedJobsHistoryLimit:^i
CronJobStatus active:?[core/v1.ObjectReference] lastScheduleTime:^t lastSuccessfulTime:^t
JobTemplateSpec metadata:?meta/v1.ObjectMeta spec:?batch/v1.JobSpec
`;
