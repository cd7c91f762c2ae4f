// Written by tools/codegen/kube-types; do not edit.
export const apiregistrationV1 = `
APIService kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?APIServiceSpec status:?APIServiceStatus
APIServiceCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
APIServiceSpec service:^ServiceReference group:?s version:?s insecureSkipTLSVerify:?b caBundle:?y groupPriorityMinimum:?i versionPriority:?i
APIServiceStatus conditions:?[APIServiceCondition]~m=type
ServiceReference namespace:?s name:?s port:^i
`;
