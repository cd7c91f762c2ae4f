const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };

/** The CustomResourceDefinition of a namespaced kind that takes any field; its last version is stored. */
export const definitionOf = (
  group: string,
  kind: string,
  versions: readonly string[] = ['v1'],
  conversion?: object,
) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      kind,
      plural: `${kind.toLowerCase()}s`,
      singular: kind.toLowerCase(),
      listKind: `${kind}List`,
    },
    versions: versions.map((name, index) => ({
      name,
      served: true,
      storage: index === versions.length - 1,
      schema,
    })),
    ...(conversion === undefined ? {} : { conversion }),
  },
});
