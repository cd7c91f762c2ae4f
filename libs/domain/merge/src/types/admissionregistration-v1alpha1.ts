// Written by tools/codegen/kube-types; do not edit.
export const admissionregistrationV1alpha1 = `
ApplyConfiguration expression:?s
AuditAnnotation key:?s valueExpression:?s
ExpressionWarning fieldRef:?s warning:?s
JSONPatch expression:?s
MatchCondition name:?s expression:?s
MatchResources namespaceSelector:^meta/v1.LabelSelector objectSelector:^meta/v1.LabelSelector resourceRules:?[NamedRuleWithOperations] excludeResourceRules:?[NamedRuleWithOperations] matchPolicy:^s
MutatingAdmissionPolicy kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?MutatingAdmissionPolicySpec
MutatingAdmissionPolicyBinding kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?MutatingAdmissionPolicyBindingSpec
MutatingAdmissionPolicyBindingSpec policyName:?s paramRef:^ParamRef matchResources:^MatchResources
MutatingAdmissionPolicySpec paramKind:^ParamKind matchConstraints:^MatchResources variables:?[Variable] mutations:?[Mutation] failurePolicy:^s matchConditions:?[MatchCondition]~m=name reinvocationPolicy:?s
Mutation patchType:?s applyConfiguration:^ApplyConfiguration jsonPatch:^JSONPatch
NamedRuleWithOperations resourceNames:?[s] operations:?[s] apiGroups:?[s] apiVersions:?[s] resources:?[s] scope:^s
ParamKind apiVersion:?s kind:?s
ParamRef name:?s namespace:?s selector:^meta/v1.LabelSelector parameterNotFoundAction:^s
TypeChecking expressionWarnings:?[ExpressionWarning]
ValidatingAdmissionPolicy kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ValidatingAdmissionPolicySpec status:?ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec policyName:?s paramRef:^ParamRef matchResources:^MatchResources validationActions:?[s]
ValidatingAdmissionPolicySpec paramKind:^ParamKind matchConstraints:^MatchResources validations:?[Validation] failurePolicy:^s auditAnnotations:?[AuditAnnotation] matchConditions:?[MatchCondition]~m=name variables:?[Variable]~m=name
ValidatingAdmissionPolicyStatus observedGeneration:?i typeChecking:^TypeChecking conditions:?[meta/v1.Condition]
Validation expression:?s message:?s reason:^s messageExpression:?s
Variable name:?s expression:?s
`;
