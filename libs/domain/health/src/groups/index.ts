import type { HealthRule, RulesByKind } from '../rule.ts';
import { databasesRules } from './databases.ts';
import { networkRules } from './network.ts';
import { observabilityRules } from './observability.ts';
import { platformsRules } from './platforms.ts';
import { securityRules } from './security.ts';
import { storageRules } from './storage.ts';
import { apiextensionsRules } from './apiextensions.ts';
import { argoprojRules } from './argoproj/index.ts';
import { astraRules } from './astra.ts';
import { batchRules } from './batch.ts';
import { certManagerRules } from './cert-manager.ts';
import { clusterAddonRules, clusterApiRules, controlPlaneRules } from './cluster-api.ts';
import { configConnector } from './config-connector.ts';
import {
  cloudfrontRules,
  crossplane,
  iamRules,
  pkgCrossplaneRules,
  rdsRules,
  route53Rules,
  s3Rules,
  stacksRules,
} from './crossplane.ts';
import { beatRules, elasticsearchRules, logstashRules } from './elastic.ts';
import { externalSecretsRules, kubernetesClientRules } from './external-secrets.ts';
import {
  helmFluxRules,
  imageFluxRules,
  kustomizeFluxRules,
  notificationFluxRules,
  sourceFluxRules,
} from './flux.ts';
import { gatewayApiRules } from './gateway-api.ts';
import { grafanaOrgRules, grafanaRules } from './grafana.ts';
import { humioRules } from './humio.ts';
import { banzaiRules, confluentRules, strimziRules } from './kafka.ts';
import { karpenterAwsRules, karpenterRules } from './karpenter.ts';
import { kedaRules } from './keda.ts';
import { keptnMetricRules, keptnRules } from './keptn.ts';
import { knativeOperatorRules, knativeServingRules } from './knative.ts';
import { gameRules, kruiseRolloutRules, kruiseRules } from './kruise.ts';
import { kserveRules } from './kserve.ts';
import { cdiRules, kubevirtRules } from './kubevirt.ts';
import { mariadbRules, mmontesRules } from './mariadb.ts';
import { numaflowRules, numaplaneRules } from './numa.ts';
import { openClusterRules } from './open-cluster-management.ts';
import {
  openshiftAppsRules,
  openshiftOperatorRules,
  openshiftRouteRules,
  openshiftStorageRules,
  operatorsRules,
} from './openshift.ts';
import { mongoRules, xtraDbRules } from './percona.ts';
import { policyRules } from './policy.ts';
import { promoterRules } from './promoter/index.ts';
import { rabbitmqRules } from './rabbitmq.ts';
import { gatewaySoloRules, glooRules } from './solo.ts';
import { capabilitiesRules, threeScaleRules } from './three-scale.ts';

/** A rule for every kind of all groups whose name ends alike. */
export interface FamilyRule {
  readonly suffix: string;
  readonly rule: HealthRule;
}

/** Rules by API group and kind (`*`: every other kind of that group), and rules of families of groups. */
export const groupRules: {
  readonly exact: Readonly<Record<string, RulesByKind>>;
  readonly families: readonly FamilyRule[];
} = {
  exact: {
    ...databasesRules,
    ...networkRules,
    ...observabilityRules,
    ...platformsRules,
    ...securityRules,
    ...storageRules,
    'addons.cluster.x-k8s.io': clusterAddonRules,
    'apiextensions.k8s.io': apiextensionsRules,
    'apps.3scale.net': threeScaleRules,
    'apps.kruise.io': kruiseRules,
    'apps.openshift.io': openshiftAppsRules,
    'argoproj.io': argoprojRules,
    'astra.netapp.io': astraRules,
    batch: batchRules,
    'beat.k8s.elastic.co': beatRules,
    'capabilities.3scale.net': capabilitiesRules,
    'cdi.kubevirt.io': cdiRules,
    'cert-manager.io': certManagerRules,
    'certmanager.k8s.io': certManagerRules,
    'cloudfront.aws.crossplane.io': cloudfrontRules,
    'cluster.x-k8s.io': clusterApiRules,
    'controlplane.cluster.x-k8s.io': controlPlaneRules,
    'core.humio.com': humioRules,
    'elasticsearch.k8s.elastic.co': elasticsearchRules,
    'external-secrets.io': externalSecretsRules,
    'game.kruise.io': gameRules,
    'gateway.networking.k8s.io': gatewayApiRules,
    'gateway.solo.io': gatewaySoloRules,
    'gloo.solo.io': glooRules,
    'grafana-org-operator.kubitus-project.gitlab.io': grafanaOrgRules,
    'grafana.integreatly.org': grafanaRules,
    'helm.toolkit.fluxcd.io': helmFluxRules,
    'iam.aws.crossplane.io': iamRules,
    'image.toolkit.fluxcd.io': imageFluxRules,
    'k8s.mariadb.com': mariadbRules,
    'kafka.banzaicloud.io': banzaiRules,
    'kafka.strimzi.io': strimziRules,
    'karpenter.k8s.aws': karpenterAwsRules,
    'karpenter.sh': karpenterRules,
    'keda.sh': kedaRules,
    'kubernetes-client.io': kubernetesClientRules,
    'kubevirt.io': kubevirtRules,
    'kustomize.toolkit.fluxcd.io': kustomizeFluxRules,
    'lifecycle.keptn.sh': keptnRules,
    'logstash.k8s.elastic.co': logstashRules,
    'mariadb.mmontes.io': mmontesRules,
    'metrics.keptn.sh': keptnMetricRules,
    'notification.toolkit.fluxcd.io': notificationFluxRules,
    'numaflow.numaproj.io': numaflowRules,
    'numaplane.numaproj.io': numaplaneRules,
    'ocs.openshift.io': openshiftStorageRules,
    'operator.knative.dev': knativeOperatorRules,
    'operator.openshift.io': openshiftOperatorRules,
    'operators.coreos.com': operatorsRules,
    'pkg.crossplane.io': pkgCrossplaneRules,
    'platform.confluent.io': confluentRules,
    policy: policyRules,
    'policy.open-cluster-management.io': openClusterRules,
    'promoter.argoproj.io': promoterRules,
    'psmdb.percona.com': mongoRules,
    'pxc.percona.com': xtraDbRules,
    'rabbitmq.com': rabbitmqRules,
    'rds.aws.crossplane.io': rdsRules,
    'rollouts.kruise.io': kruiseRolloutRules,
    'route.openshift.io': openshiftRouteRules,
    'route53.aws.crossplane.io': route53Rules,
    's3.aws.crossplane.io': s3Rules,
    'serving.knative.dev': knativeServingRules,
    'serving.kserve.io': kserveRules,
    'source.toolkit.fluxcd.io': sourceFluxRules,
    'stacks.crossplane.io': stacksRules,
  },
  families: [
    { suffix: '.cnrm.cloud.google.com', rule: configConnector },
    { suffix: '.crossplane.io', rule: crossplane },
    { suffix: '.upbound.io', rule: crossplane },
  ],
};
