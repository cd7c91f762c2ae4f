// Written by tools/codegen/kube-types; do not edit.
export const nodeV1alpha1 = `
Overhead podFixed:?{q}
RuntimeClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?RuntimeClassSpec
RuntimeClassSpec runtimeHandler:?s overhead:^Overhead scheduling:^Scheduling
Scheduling nodeSelector:?{s} tolerations:?[core/v1.Toleration]
`;
