// Written by tools/codegen/kube-types; do not edit.
export const networkingV1 = `
HTTPIngressPath path:?s pathType:^s backend:?IngressBackend
HTTPIngressRuleValue paths:?[HTTPIngressPath]
IPAddress kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IPAddressSpec
IPAddressSpec parentRef:^ParentReference
IPBlock cidr:?s except:?[s]
Ingress kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IngressSpec status:?IngressStatus
IngressBackend service:^IngressServiceBackend resource:^core/v1.TypedLocalObjectReference
IngressClass kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?IngressClassSpec
IngressClassParametersReference apiGroup:^s kind:?s name:?s scope:^s namespace:^s
IngressClassSpec controller:?s parameters:^IngressClassParametersReference
IngressLoadBalancerIngress ip:?s hostname:?s ports:?[IngressPortStatus]
IngressLoadBalancerStatus ingress:?[IngressLoadBalancerIngress]
IngressPortStatus port:?i protocol:?s error:^s
IngressRule host:?s http:^HTTPIngressRuleValue
IngressServiceBackend name:?s port:?ServiceBackendPort
IngressSpec ingressClassName:^s defaultBackend:^IngressBackend tls:?[IngressTLS] rules:?[IngressRule]
IngressStatus loadBalancer:?IngressLoadBalancerStatus
IngressTLS hosts:?[s] secretName:?s
NetworkPolicy kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?NetworkPolicySpec
NetworkPolicyEgressRule ports:?[NetworkPolicyPort] to:?[NetworkPolicyPeer]
NetworkPolicyIngressRule ports:?[NetworkPolicyPort] from:?[NetworkPolicyPeer]
NetworkPolicyPeer podSelector:^meta/v1.LabelSelector namespaceSelector:^meta/v1.LabelSelector ipBlock:^IPBlock
NetworkPolicyPort protocol:^s port:^x endPort:^i
NetworkPolicySpec podSelector:?meta/v1.LabelSelector ingress:?[NetworkPolicyIngressRule] egress:?[NetworkPolicyEgressRule] policyTypes:?[s]
ParentReference group:?s resource:?s namespace:?s name:?s
ServiceBackendPort name:?s number:?i
ServiceCIDR kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ServiceCIDRSpec status:?ServiceCIDRStatus
ServiceCIDRSpec cidrs:?[s]
ServiceCIDRStatus conditions:?[meta/v1.Condition]~m=type
`;
