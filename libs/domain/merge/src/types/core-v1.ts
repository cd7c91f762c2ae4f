// Written by tools/codegen/kube-types; do not edit.
export const coreV1 = `
AWSElasticBlockStoreVolumeSource volumeID:?s fsType:?s partition:?i readOnly:?b
Affinity nodeAffinity:^NodeAffinity podAffinity:^PodAffinity podAntiAffinity:^PodAntiAffinity
AppArmorProfile type:?s localhostProfile:^s
AttachedVolume name:?s devicePath:?s
AzureDiskVolumeSource diskName:?s diskURI:?s cachingMode:^s fsType:^s readOnly:^b kind:^s
AzureFilePersistentVolumeSource secretName:?s shareName:?s readOnly:?b secretNamespace:^s
AzureFileVolumeSource secretName:?s shareName:?s readOnly:?b
Binding kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta target:?ObjectReference
CSIPersistentVolumeSource driver:?s volumeHandle:?s readOnly:?b fsType:?s volumeAttributes:?{s} controllerPublishSecretRef:^SecretReference nodeStageSecretRef:^SecretReference nodePublishSecretRef:^SecretReference controllerExpandSecretRef:^SecretReference nodeExpandSecretRef:^SecretReference
CSIVolumeSource driver:?s readOnly:^b fsType:^s volumeAttributes:?{s} nodePublishSecretRef:^LocalObjectReference
Capabilities add:?[s] drop:?[s]
CephFSPersistentVolumeSource monitors:?[s] path:?s user:?s secretFile:?s secretRef:^SecretReference readOnly:?b
CephFSVolumeSource monitors:?[s] path:?s user:?s secretFile:?s secretRef:^LocalObjectReference readOnly:?b
CinderPersistentVolumeSource volumeID:?s fsType:?s readOnly:?b secretRef:^SecretReference
CinderVolumeSource volumeID:?s fsType:?s readOnly:?b secretRef:^LocalObjectReference
ClientIPConfig timeoutSeconds:^i
ClusterTrustBundleProjection name:^s signerName:^s labelSelector:^meta/v1.LabelSelector optional:^b path:?s
ComponentCondition type:?s status:?s message:?s error:?s
ComponentStatus kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta conditions:?[ComponentCondition]~m=type
ConfigMap kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta immutable:^b data:?{s} binaryData:?{y}
ConfigMapEnvSource name:?s optional:^b
ConfigMapKeySelector name:?s key:?s optional:^b
ConfigMapNodeConfigSource namespace:?s name:?s uid:?s resourceVersion:?s kubeletConfigKey:?s
ConfigMapProjection name:?s items:?[KeyToPath] optional:^b
ConfigMapVolumeSource name:?s items:?[KeyToPath] defaultMode:^i optional:^b
Container name:?s image:?s command:?[s] args:?[s] workingDir:?s ports:?[ContainerPort]~m=containerPort envFrom:?[EnvFromSource] env:?[EnvVar]~m=name resources:?ResourceRequirements resizePolicy:?[ContainerResizePolicy] restartPolicy:^s restartPolicyRules:?[ContainerRestartRule] volumeMounts:?[VolumeMount]~m=mountPath volumeDevices:?[VolumeDevice]~m=devicePath livenessProbe:^Probe readinessProbe:^Probe startupProbe:^Probe lifecycle:^Lifecycle terminationMessagePath:?s terminationMessagePolicy:?s imagePullPolicy:?s securityContext:^SecurityContext stdin:?b stdinOnce:?b tty:?b
ContainerExtendedResourceRequest containerName:?s resourceName:?s requestName:?s
ContainerImage names:?[s] sizeBytes:?i
ContainerPort name:?s hostPort:?i containerPort:?i protocol:?s hostIP:?s
ContainerResizePolicy resourceName:?s restartPolicy:?s
ContainerRestartRule action:?s exitCodes:^ContainerRestartRuleOnExitCodes
ContainerRestartRuleOnExitCodes operator:?s values:?[i]
ContainerState waiting:^ContainerStateWaiting running:^ContainerStateRunning terminated:^ContainerStateTerminated
ContainerStateRunning startedAt:?t
ContainerStateTerminated exitCode:?i signal:?i reason:?s message:?s startedAt:?t finishedAt:?t containerID:?s
ContainerStateWaiting reason:?s message:?s
ContainerStatus name:?s state:?ContainerState lastState:?ContainerState ready:?b restartCount:?i image:?s imageID:?s containerID:?s started:^b allocatedResources:?{q} resources:^ResourceRequirements volumeMounts:?[VolumeMountStatus]~m=mountPath user:^ContainerUser allocatedResourcesStatus:?[ResourceStatus]~m=name stopSignal:^s
ContainerUser linux:^LinuxContainerUser
DaemonEndpoint Port:?i
DownwardAPIProjection items:?[DownwardAPIVolumeFile]
DownwardAPIVolumeFile path:?s fieldRef:^ObjectFieldSelector resourceFieldRef:^ResourceFieldSelector mode:^i
DownwardAPIVolumeSource items:?[DownwardAPIVolumeFile] defaultMode:^i
EmptyDirVolumeSource medium:?s sizeLimit:^q
EndpointAddress ip:?s hostname:?s nodeName:^s targetRef:^ObjectReference
EndpointPort name:?s port:?i protocol:?s appProtocol:^s
EndpointSubset addresses:?[EndpointAddress] notReadyAddresses:?[EndpointAddress] ports:?[EndpointPort]
Endpoints kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta subsets:?[EndpointSubset]
EnvFromSource prefix:?s configMapRef:^ConfigMapEnvSource secretRef:^SecretEnvSource
EnvVar name:?s value:?s valueFrom:^EnvVarSource
EnvVarSource fieldRef:^ObjectFieldSelector resourceFieldRef:^ResourceFieldSelector configMapKeyRef:^ConfigMapKeySelector secretKeyRef:^SecretKeySelector fileKeyRef:^FileKeySelector
EphemeralContainer name:?s image:?s command:?[s] args:?[s] workingDir:?s ports:?[ContainerPort]~m=containerPort envFrom:?[EnvFromSource] env:?[EnvVar]~m=name resources:?ResourceRequirements resizePolicy:?[ContainerResizePolicy] restartPolicy:^s restartPolicyRules:?[ContainerRestartRule] volumeMounts:?[VolumeMount]~m=mountPath volumeDevices:?[VolumeDevice]~m=devicePath livenessProbe:^Probe readinessProbe:^Probe startupProbe:^Probe lifecycle:^Lifecycle terminationMessagePath:?s terminationMessagePolicy:?s imagePullPolicy:?s securityContext:^SecurityContext stdin:?b stdinOnce:?b tty:?b targetContainerName:?s
EphemeralVolumeSource volumeClaimTemplate:^PersistentVolumeClaimTemplate
ExecAction command:?[s]
FCVolumeSource targetWWNs:?[s] lun:^i fsType:?s readOnly:?b wwids:?[s]
FileKeySelector volumeName:?s path:?s key:?s optional:^b
FlexPersistentVolumeSource driver:?s fsType:?s secretRef:^SecretReference readOnly:?b options:?{s}
FlexVolumeSource driver:?s fsType:?s secretRef:^LocalObjectReference readOnly:?b options:?{s}
FlockerVolumeSource datasetName:?s datasetUUID:?s
GCEPersistentDiskVolumeSource pdName:?s fsType:?s partition:?i readOnly:?b
GRPCAction port:?i service:^s
GitRepoVolumeSource repository:?s revision:?s directory:?s
GlusterfsPersistentVolumeSource endpoints:?s path:?s readOnly:?b endpointsNamespace:^s
GlusterfsVolumeSource endpoints:?s path:?s readOnly:?b
HTTPGetAction path:?s port:?x host:?s scheme:?s httpHeaders:?[HTTPHeader]
HTTPHeader name:?s value:?s
HostAlias ip:?s hostnames:?[s]
HostIP ip:?s
HostPathVolumeSource path:?s type:^s
ISCSIPersistentVolumeSource targetPortal:?s iqn:?s lun:?i iscsiInterface:?s fsType:?s readOnly:?b portals:?[s] chapAuthDiscovery:?b chapAuthSession:?b secretRef:^SecretReference initiatorName:^s
ISCSIVolumeSource targetPortal:?s iqn:?s lun:?i iscsiInterface:?s fsType:?s readOnly:?b portals:?[s] chapAuthDiscovery:?b chapAuthSession:?b secretRef:^LocalObjectReference initiatorName:^s
ImageVolumeSource reference:?s pullPolicy:?s
ImageVolumeStatus imageRef:?s
KeyToPath key:?s path:?s mode:^i
Lifecycle postStart:^LifecycleHandler preStop:^LifecycleHandler stopSignal:^s
LifecycleHandler exec:^ExecAction httpGet:^HTTPGetAction tcpSocket:^TCPSocketAction sleep:^SleepAction
LimitRange kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?LimitRangeSpec
LimitRangeItem type:?s max:?{q} min:?{q} default:?{q} defaultRequest:?{q} maxLimitRequestRatio:?{q}
LimitRangeSpec limits:?[LimitRangeItem]
LinuxContainerUser uid:?i gid:?i supplementalGroups:?[i]
LoadBalancerIngress ip:?s hostname:?s ipMode:^s ports:?[PortStatus]
LoadBalancerStatus ingress:?[LoadBalancerIngress]
LocalObjectReference name:?s
LocalVolumeSource path:?s fsType:^s
ModifyVolumeStatus targetVolumeAttributesClassName:?s status:?s
NFSVolumeSource server:?s path:?s readOnly:?b
Namespace kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?NamespaceSpec status:?NamespaceStatus
NamespaceCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
NamespaceSpec finalizers:?[s]
NamespaceStatus phase:?s conditions:?[NamespaceCondition]~m=type
Node kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?NodeSpec status:?NodeStatus
NodeAddress type:?s address:?s
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:^NodeSelector preferredDuringSchedulingIgnoredDuringExecution:?[PreferredSchedulingTerm]
NodeAllocatableResourceClaimStatus resourceClaimName:?s containers:?[s] resources:?{q}
NodeCondition type:?s status:?s lastHeartbeatTime:?t lastTransitionTime:?t reason:?s message:?s
NodeConfigSource configMap:^ConfigMapNodeConfigSource
NodeConfigStatus assigned:^NodeConfigSource active:^NodeConfigSource lastKnownGood:^NodeConfigSource error:?s
NodeDaemonEndpoints kubeletEndpoint:?DaemonEndpoint
NodeFeatures supplementalGroupsPolicy:^b
NodeRuntimeHandler name:?s features:^NodeRuntimeHandlerFeatures
NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:^b userNamespaces:^b
NodeSelector nodeSelectorTerms:?[NodeSelectorTerm]
NodeSelectorRequirement key:?s operator:?s values:?[s]
NodeSelectorTerm matchExpressions:?[NodeSelectorRequirement] matchFields:?[NodeSelectorRequirement]
NodeSpec podCIDR:?s podCIDRs:?[s]~m providerID:?s unschedulable:?b taints:?[Taint] configSource:^NodeConfigSource externalID:?s
NodeStatus capacity:?{q} allocatable:?{q} phase:?s conditions:?[NodeCondition]~m=type addresses:?[NodeAddress]~m=type daemonEndpoints:?NodeDaemonEndpoints nodeInfo:?NodeSystemInfo images:?[ContainerImage] volumesInUse:?[s] volumesAttached:?[AttachedVolume] config:^NodeConfigStatus runtimeHandlers:?[NodeRuntimeHandler] features:^NodeFeatures declaredFeatures:?[s]
NodeSwapStatus capacity:^i
NodeSystemInfo machineID:?s systemUUID:?s bootID:?s kernelVersion:?s osImage:?s containerRuntimeVersion:?s kubeletVersion:?s kubeProxyVersion:?s operatingSystem:?s architecture:?s swap:^NodeSwapStatus
ObjectFieldSelector apiVersion:?s fieldPath:?s
ObjectReference kind:?s namespace:?s name:?s uid:?s apiVersion:?s resourceVersion:?s fieldPath:?s
PersistentVolume kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PersistentVolumeSpec status:?PersistentVolumeStatus
PersistentVolumeClaim kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PersistentVolumeClaimSpec status:?PersistentVolumeClaimStatus
PersistentVolumeClaimCondition type:?s status:?s lastProbeTime:?t lastTransitionTime:?t reason:?s message:?s
PersistentVolumeClaimSpec accessModes:?[s] selector:^meta/v1.LabelSelector resources:?VolumeResourceRequirements volumeName:?s storageClassName:^s volumeMode:^s dataSource:^TypedLocalObjectReference dataSourceRef:^TypedObjectReference volumeAttributesClassName:^s
PersistentVolumeClaimStatus phase:?s accessModes:?[s] capacity:?{q} conditions:?[PersistentVolumeClaimCondition]~m=type allocatedResources:?{q} allocatedResourceStatuses:?{s} currentVolumeAttributesClassName:^s modifyVolumeStatus:^ModifyVolumeStatus
PersistentVolumeClaimTemplate metadata:?meta/v1.ObjectMeta spec:?PersistentVolumeClaimSpec
PersistentVolumeClaimVolumeSource claimName:?s readOnly:?b
PersistentVolumeSpec capacity:?{q} gcePersistentDisk:^GCEPersistentDiskVolumeSource awsElasticBlockStore:^AWSElasticBlockStoreVolumeSource hostPath:^HostPathVolumeSource glusterfs:^GlusterfsPersistentVolumeSource nfs:^NFSVolumeSource rbd:^RBDPersistentVolumeSource iscsi:^ISCSIPersistentVolumeSource cinder:^CinderPersistentVolumeSource cephfs:^CephFSPersistentVolumeSource fc:^FCVolumeSource flocker:^FlockerVolumeSource flexVolume:^FlexPersistentVolumeSource azureFile:^AzureFilePersistentVolumeSource vsphereVolume:^VsphereVirtualDiskVolumeSource quobyte:^QuobyteVolumeSource azureDisk:^AzureDiskVolumeSource photonPersistentDisk:^PhotonPersistentDiskVolumeSource portworxVolume:^PortworxVolumeSource scaleIO:^ScaleIOPersistentVolumeSource local:^LocalVolumeSource storageos:^StorageOSPersistentVolumeSource csi:^CSIPersistentVolumeSource accessModes:?[s] claimRef:^ObjectReference persistentVolumeReclaimPolicy:?s storageClassName:?s mountOptions:?[s] volumeMode:^s nodeAffinity:^VolumeNodeAffinity volumeAttributesClassName:^s
PersistentVolumeStatus phase:?s message:?s reason:?s lastPhaseTransitionTime:^t
PhotonPersistentDiskVolumeSource pdID:?s fsType:?s
Pod kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?PodSpec status:?PodStatus
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:?[PodAffinityTerm] preferredDuringSchedulingIgnoredDuringExecution:?[WeightedPodAffinityTerm]
PodAffinityTerm labelSelector:^meta/v1.LabelSelector namespaces:?[s] topologyKey:?s namespaceSelector:^meta/v1.LabelSelector matchLabelKeys:?[s] mismatchLabelKeys:?[s]
PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution:?[PodAffinityTerm] preferredDuringSchedulingIgnoredDuringExecution:?[WeightedPodAffinityTerm]
PodCertificateProjection signerName:?s keyType:?s maxExpirationSeconds:^i credentialBundlePath:?s keyPath:?s certificateChainPath:?s userAnnotations:?{s}
PodCondition type:?s observedGeneration:?i status:?s lastProbeTime:?t lastTransitionTime:?t reason:?s message:?s
PodDNSConfig nameservers:?[s] searches:?[s] options:?[PodDNSConfigOption]
PodDNSConfigOption name:?s value:^s
PodExtendedResourceClaimStatus requestMappings:?[ContainerExtendedResourceRequest] resourceClaimName:?s
PodIP ip:?s
PodOS name:?s
PodReadinessGate conditionType:?s
PodResourceClaim name:?s resourceClaimName:^s resourceClaimTemplateName:^s
PodResourceClaimStatus name:?s resourceClaimName:^s
PodSchedulingGate name:?s
PodSchedulingGroup podGroupName:^s
PodSecurityContext seLinuxOptions:^SELinuxOptions windowsOptions:^WindowsSecurityContextOptions runAsUser:^i runAsGroup:^i runAsNonRoot:^b supplementalGroups:?[i] supplementalGroupsPolicy:^s fsGroup:^i sysctls:?[Sysctl] fsGroupChangePolicy:^s seccompProfile:^SeccompProfile appArmorProfile:^AppArmorProfile seLinuxChangePolicy:^s
PodSpec volumes:?[Volume]~mk=name initContainers:?[Container]~m=name containers:?[Container]~m=name ephemeralContainers:?[EphemeralContainer]~m=name restartPolicy:?s terminationGracePeriodSeconds:^i activeDeadlineSeconds:^i dnsPolicy:?s nodeSelector:?{s} serviceAccountName:?s serviceAccount:?s automountServiceAccountToken:^b nodeName:?s hostNetwork:?b hostPID:?b hostIPC:?b shareProcessNamespace:^b securityContext:^PodSecurityContext imagePullSecrets:?[LocalObjectReference]~m=name hostname:?s subdomain:?s affinity:^Affinity schedulerName:?s tolerations:?[Toleration] hostAliases:?[HostAlias]~m=ip priorityClassName:?s priority:^i dnsConfig:^PodDNSConfig readinessGates:?[PodReadinessGate] runtimeClassName:^s enableServiceLinks:^b preemptionPolicy:^s overhead:?{q} topologySpreadConstraints:?[TopologySpreadConstraint]~m=topologyKey setHostnameAsFQDN:^b os:^PodOS hostUsers:^b schedulingGates:?[PodSchedulingGate]~m=name resourceClaims:?[PodResourceClaim]~mk=name resources:^ResourceRequirements hostnameOverride:^s schedulingGroup:^PodSchedulingGroup
PodStatus observedGeneration:?i phase:?s conditions:?[PodCondition]~m=type message:?s reason:?s nominatedNodeName:?s hostIP:?s hostIPs:?[HostIP]~m=ip podIP:?s podIPs:?[PodIP]~m=ip startTime:^t initContainerStatuses:?[ContainerStatus] containerStatuses:?[ContainerStatus] qosClass:?s ephemeralContainerStatuses:?[ContainerStatus] resize:?s resourceClaimStatuses:?[PodResourceClaimStatus]~mk=name extendedResourceClaimStatus:^PodExtendedResourceClaimStatus allocatedResources:?{q} resources:^ResourceRequirements nodeAllocatableResourceClaimStatuses:?[NodeAllocatableResourceClaimStatus]
PodStatusResult kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta status:?PodStatus
PodTemplate kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta template:?PodTemplateSpec
PodTemplateSpec metadata:?meta/v1.ObjectMeta spec:?PodSpec
PortStatus port:?i protocol:?s error:^s
PortworxVolumeSource volumeID:?s fsType:?s readOnly:?b
PreferredSchedulingTerm weight:?i preference:?NodeSelectorTerm
Probe exec:^ExecAction httpGet:^HTTPGetAction tcpSocket:^TCPSocketAction grpc:^GRPCAction initialDelaySeconds:?i timeoutSeconds:?i periodSeconds:?i successThreshold:?i failureThreshold:?i terminationGracePeriodSeconds:^i
ProjectedVolumeSource sources:?[VolumeProjection] defaultMode:^i
QuobyteVolumeSource registry:?s volume:?s readOnly:?b user:?s group:?s tenant:?s
RBDPersistentVolumeSource monitors:?[s] image:?s fsType:?s pool:?s user:?s keyring:?s secretRef:^SecretReference readOnly:?b
RBDVolumeSource monitors:?[s] image:?s fsType:?s pool:?s user:?s keyring:?s secretRef:^LocalObjectReference readOnly:?b
RangeAllocation kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta range:?s data:?y
ReplicationController kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ReplicationControllerSpec status:?ReplicationControllerStatus
ReplicationControllerCondition type:?s status:?s lastTransitionTime:?t reason:?s message:?s
ReplicationControllerSpec replicas:^i minReadySeconds:?i selector:?{s} template:^PodTemplateSpec
ReplicationControllerStatus replicas:?i fullyLabeledReplicas:?i readyReplicas:?i availableReplicas:?i observedGeneration:?i conditions:?[ReplicationControllerCondition]~m=type
ResourceClaim name:?s request:?s
ResourceFieldSelector containerName:?s resource:?s divisor:?q
ResourceHealth resourceID:?s health:?s message:^s
ResourceQuota kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ResourceQuotaSpec status:?ResourceQuotaStatus
ResourceQuotaSpec hard:?{q} scopes:?[s] scopeSelector:^ScopeSelector
ResourceQuotaStatus hard:?{q} used:?{q}
ResourceRequirements limits:?{q} requests:?{q} claims:?[ResourceClaim]
ResourceStatus name:?s resources:?[ResourceHealth]
SELinuxOptions user:?s role:?s type:?s level:?s
ScaleIOPersistentVolumeSource gateway:?s system:?s secretRef:^SecretReference sslEnabled:?b protectionDomain:?s storagePool:?s storageMode:?s volumeName:?s fsType:?s readOnly:?b
ScaleIOVolumeSource gateway:?s system:?s secretRef:^LocalObjectReference sslEnabled:?b protectionDomain:?s storagePool:?s storageMode:?s volumeName:?s fsType:?s readOnly:?b
ScopeSelector matchExpressions:?[ScopedResourceSelectorRequirement]
ScopedResourceSelectorRequirement scopeName:?s operator:?s values:?[s]
SeccompProfile type:?s localhostProfile:^s
Secret kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta immutable:^b data:?{y} stringData:?{s} type:?s
SecretEnvSource name:?s optional:^b
SecretKeySelector name:?s key:?s optional:^b
SecretProjection name:?s items:?[KeyToPath] optional:^b
SecretReference name:?s namespace:?s
SecretVolumeSource secretName:?s items:?[KeyToPath] defaultMode:^i optional:^b
SecurityContext capabilities:^Capabilities privileged:^b seLinuxOptions:^SELinuxOptions windowsOptions:^WindowsSecurityContextOptions runAsUser:^i runAsGroup:^i runAsNonRoot:^b readOnlyRootFilesystem:^b allowPrivilegeEscalation:^b procMount:^s seccompProfile:^SeccompProfile appArmorProfile:^AppArmorProfile
Service kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta spec:?ServiceSpec status:?ServiceStatus
ServiceAccount kind:?s apiVersion:?s metadata:?meta/v1.ObjectMeta secrets:?[ObjectReference]~m=name imagePullSecrets:?[LocalObjectReference] automountServiceAccountToken:^b
ServiceAccountTokenProjection audience:?s expirationSeconds:^i path:?s
ServicePort name:?s protocol:?s appProtocol:^s port:?i targetPort:?x nodePort:?i
ServiceSpec ports:?[ServicePort]~m=port selector:?{s} clusterIP:?s clusterIPs:?[s] type:?s externalIPs:?[s] sessionAffinity:?s loadBalancerIP:?s loadBalancerSourceRanges:?[s] externalName:?s externalTrafficPolicy:?s healthCheckNodePort:?i publishNotReadyAddresses:?b sessionAffinityConfig:^SessionAffinityConfig ipFamilies:?[s] ipFamilyPolicy:^s allocateLoadBalancerNodePorts:^b loadBalancerClass:^s internalTrafficPolicy:^s trafficDistribution:^s
ServiceStatus loadBalancer:?LoadBalancerStatus conditions:?[meta/v1.Condition]~m=type
SessionAffinityConfig clientIP:^ClientIPConfig
SleepAction seconds:?i
StorageOSPersistentVolumeSource volumeName:?s volumeNamespace:?s fsType:?s readOnly:?b secretRef:^ObjectReference
StorageOSVolumeSource volumeName:?s volumeNamespace:?s fsType:?s readOnly:?b secretRef:^LocalObjectReference
Sysctl name:?s value:?s
TCPSocketAction port:?x host:?s
Taint key:?s value:?s effect:?s timeAdded:^t
Toleration key:?s operator:?s value:?s effect:?s tolerationSeconds:^i
TopologySelectorLabelRequirement key:?s values:?[s]
TopologySelectorTerm matchLabelExpressions:?[TopologySelectorLabelRequirement]
TopologySpreadConstraint maxSkew:?i topologyKey:?s whenUnsatisfiable:?s labelSelector:^meta/v1.LabelSelector minDomains:^i nodeAffinityPolicy:^s nodeTaintsPolicy:^s matchLabelKeys:?[s]
TypedLocalObjectReference apiGroup:^s kind:?s name:?s
TypedObjectReference apiGroup:^s kind:?s name:?s namespace:^s
Volume name:?s hostPath:^HostPathVolumeSource emptyDir:^EmptyDirVolumeSource gcePersistentDisk:^GCEPersistentDiskVolumeSource awsElasticBlockStore:^AWSElasticBlockStoreVolumeSource gitRepo:^GitRepoVolumeSource secret:^SecretVolumeSource nfs:^NFSVolumeSource iscsi:^ISCSIVolumeSource glusterfs:^GlusterfsVolumeSource persistentVolumeClaim:^PersistentVolumeClaimVolumeSource rbd:^RBDVolumeSource flexVolume:^FlexVolumeSource cinder:^CinderVolumeSource cephfs:^CephFSVolumeSource flocker:^FlockerVolumeSource downwardAPI:^DownwardAPIVolumeSource fc:^FCVolumeSource azureFile:^AzureFileVolumeSource configMap:^ConfigMapVolumeSource vsphereVolume:^VsphereVirtualDiskVolumeSource quobyte:^QuobyteVolumeSource azureDisk:^AzureDiskVolumeSource photonPersistentDisk:^PhotonPersistentDiskVolumeSource projected:^ProjectedVolumeSource portworxVolume:^PortworxVolumeSource scaleIO:^ScaleIOVolumeSource storageos:^StorageOSVolumeSource csi:^CSIVolumeSource ephemeral:^EphemeralVolumeSource image:^ImageVolumeSource
VolumeDevice name:?s devicePath:?s
VolumeMount name:?s readOnly:?b recursiveReadOnly:^s mountPath:?s subPath:?s mountPropagation:^s subPathExpr:?s
VolumeMountStatus name:?s mountPath:?s readOnly:?b recursiveReadOnly:^s volumeStatus:^VolumeStatus
VolumeNodeAffinity required:^NodeSelector
VolumeProjection secret:^SecretProjection downwardAPI:^DownwardAPIProjection configMap:^ConfigMapProjection serviceAccountToken:^ServiceAccountTokenProjection clusterTrustBundle:^ClusterTrustBundleProjection podCertificate:^PodCertificateProjection
VolumeResourceRequirements limits:?{q} requests:?{q}
VolumeStatus image:^ImageVolumeStatus
VsphereVirtualDiskVolumeSource volumePath:?s fsType:?s storagePolicyName:?s storagePolicyID:?s
WeightedPodAffinityTerm weight:?i podAffinityTerm:?PodAffinityTerm
WindowsSecurityContextOptions gmsaCredentialSpecName:^s gmsaCredentialSpec:^s runAsUserName:^s hostProcess:^b
`;
