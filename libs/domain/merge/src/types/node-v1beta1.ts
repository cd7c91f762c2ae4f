// Written by tools/codegen/kube-types; do not edit.
export const nodeV1beta1 = `
Overhead podFixed:?{q}
RuntimeClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta handler:?s overhead:^Overhead scheduling:^Scheduling
Scheduling nodeSelector:?{s} tolerations:?[core/v1.Toleration]
`;
