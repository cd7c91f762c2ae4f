// Written by tools/codegen/kube-types; do not edit.
export const networkingV1beta1 = `
HTTPIngressPath path:?s pathType:^s backend:?IngressBackend
HTTPIngressRuleValue paths:?[HTTPIngressPath]
IPAddress kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IPAddressSpec
IPAddressSpec parentRef:^ParentReference
Ingress kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IngressSpec status:?IngressStatus
IngressBackend serviceName:?s servicePort:?x resource:^core/v1.TypedLocalObjectReference
IngressClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IngressClassSpec
IngressClassParametersReference apiGroup:^s kind:?s name:?s scope:^s namespace:^s
IngressClassSpec controller:?s parameters:^IngressClassParametersReference
IngressLoadBalancerIngress ip:?s hostname:?s ports:?[IngressPortStatus]
IngressLoadBalancerStatus ingress:?[IngressLoadBalancerIngress]
IngressPortStatus port:?i protocol:?s error:^s
IngressRule host:?s http:^HTTPIngressRuleValue
IngressSpec ingressClassName:^s backend:^IngressBackend tls:?[IngressTLS] rules:?[IngressRule]
IngressStatus loadBalancer:?IngressLoadBalancerStatus
IngressTLS hosts:?[s] secretName:?s
ParentReference group:?s resource:?s namespace:?s name:?s
ServiceCIDR kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ServiceCIDRSpec status:?ServiceCIDRStatus
ServiceCIDRSpec cidrs:?[s]
ServiceCIDRStatus conditions:?[meta/v1.Condition]~m=type
`;
