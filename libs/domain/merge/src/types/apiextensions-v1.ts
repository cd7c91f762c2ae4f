// Written by tools/codegen/kube-types; do not edit.
export const apiextensionsV1 = `
CustomResourceColumnDefinition name:?s type:?s format:?s description:?s priority:?i jsonPath:?s
CustomResourceConversion strategy:?s webhook:^WebhookConversion
CustomResourceDefinition kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?CustomResourceDefinitionSpec status:?CustomResourceDefinitionStatus
CustomResourceDefinitionCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s observedGeneration:?i
CustomResourceDefinitionNames plural:?s singular:?s shortNames:?[s] kind:?s listKind:?s categories:?[s]
CustomResourceDefinitionSpec group:?s names:?CustomResourceDefinitionNames scope:?s versions:?[CustomResourceDefinitionVersion] conversion:^CustomResourceConversion preserveUnknownFields:?b
CustomResourceDefinitionStatus conditions:?[CustomResourceDefinitionCondition] acceptedNames:?CustomResourceDefinitionNames storedVersions:?[s] observedGeneration:?i
CustomResourceDefinitionVersion name:?s served:?b storage:?b deprecated:?b deprecationWarning:^s schema:^CustomResourceValidation subresources:^CustomResourceSubresources additionalPrinterColumns:?[CustomResourceColumnDefinition] selectableFields:?[SelectableField]
CustomResourceSubresourceScale specReplicasPath:?s statusReplicasPath:?s labelSelectorPath:^s
CustomResourceSubresourceStatus
CustomResourceSubresources status:^CustomResourceSubresourceStatus scale:^CustomResourceSubresourceScale
CustomResourceValidation openAPIV3Schema:^JSONSchemaProps
ExternalDocumentation description:?s url:?s
JSONSchemaProps id:?s $schema:?s $ref:^s description:?s type:?s format:?s title:?s default:^* maximum:^f exclusiveMaximum:?b minimum:^f exclusiveMinimum:?b maxLength:^i minLength:^i pattern:?s maxItems:^i minItems:^i uniqueItems:?b multipleOf:^f enum:?[*] maxProperties:^i minProperties:^i required:?[s] items:^JSONSchemaProps allOf:?[JSONSchemaProps] oneOf:?[JSONSchemaProps] anyOf:?[JSONSchemaProps] not:^JSONSchemaProps properties:?{JSONSchemaProps} additionalProperties:^JSONSchemaProps patternProperties:?{JSONSchemaProps} dependencies:?{JSONSchemaProps} additionalItems:^JSONSchemaProps definitions:?{JSONSchemaProps} externalDocs:^ExternalDocumentation example:^* nullable:?b x-kubernetes-preserve-unknown-fields:^b x-kubernetes-embedded-resource:?b x-kubernetes-int-or-string:?b x-kubernetes-list-map-keys:?[s] x-kubernetes-list-type:^s x-kubernetes-map-type:^s x-kubernetes-validations:?[ValidationRule]~m=rule
SelectableField jsonPath:?s
ServiceReference namespace:?s name:?s path:^s port:^i
ValidationRule rule:?s message:?s messageExpression:?s reason:^s fieldPath:?s optionalOldSelf:^b
WebhookClientConfig url:^s service:^ServiceReference caBundle:?y
WebhookConversion clientConfig:^WebhookClientConfig conversionReviewVersions:?[s]
`;
