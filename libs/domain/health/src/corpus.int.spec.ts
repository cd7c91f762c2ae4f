import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asKubeObject, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { describe, expect, it } from 'vitest';
import { hasHealthRule, statusHealthOf } from './index.ts';

const corpus = resolve(import.meta.dirname, '../../../../../shared/corpora/health');

interface Case {
  readonly input: string;
  readonly status: string;
  readonly message: string;
}

/** Groups of the corpus without rules yet; everything else must be exact. */
const groupsToCome: readonly string[] = [
  '_.cnrm.cloud.google.com',
  '_.crossplane.io',
  '_.upbound.io',
  'acid.zalan.do',
  'addons.cluster.x-k8s.io',
  'apps.3scale.net',
  'apps.kruise.io',
  'apps.openshift.io',
  'astra.netapp.io',
  'beat.k8s.elastic.co',
  'bitnami.com',
  'camel.apache.org',
  'capabilities.3scale.net',
  'cassandra.rook.io',
  'cdi.kubevirt.io',
  'ceph.rook.io',
  'cert-manager.io',
  'certmanager.k8s.io',
  'clickhouse-keeper.altinity.com',
  'clickhouse.altinity.com',
  'cloudfront.aws.crossplane.io',
  'cluster.x-k8s.io',
  'controlplane.cluster.x-k8s.io',
  'coralogix.com',
  'core.gardener.cloud',
  'core.humio.com',
  'core.spinkube.dev',
  'datadoghq.com',
  'db.atlasgo.io',
  'elasticsearch.k8s.elastic.co',
  'external-secrets.io',
  'flagger.app',
  'flink.apache.org',
  'game.kruise.io',
  'gateway.networking.k8s.io',
  'gateway.solo.io',
  'gloo.solo.io',
  'grafana-org-operator.kubitus-project.gitlab.io',
  'grafana.integreatly.org',
  'helm.toolkit.fluxcd.io',
  'iam.aws.crossplane.io',
  'iammanager.keikoproj.io',
  'image.toolkit.fluxcd.io',
  'install.istio.io',
  'jaegertracing.io',
  'k8s.keycloak.org',
  'k8s.mariadb.com',
  'kafka.banzaicloud.io',
  'kafka.strimzi.io',
  'karpenter.k8s.aws',
  'karpenter.sh',
  'keda.sh',
  'kiali.io',
  'kubernetes-client.io',
  'kubevirt.io',
  'kustomize.toolkit.fluxcd.io',
  'lifecycle.keptn.sh',
  'logstash.k8s.elastic.co',
  'mariadb.mmontes.io',
  'metrics.keptn.sh',
  'minio.min.io',
  'monitoring.coreos.com',
  'networking.gke.io',
  'nmstate.io',
  'notification.toolkit.fluxcd.io',
  'numaflow.numaproj.io',
  'numaplane.numaproj.io',
  'objectbucket.io',
  'ocs.openshift.io',
  'onepassword.com',
  'openfaas.com',
  'opentelemetry.io',
  'operator.knative.dev',
  'operator.openshift.io',
  'operator.victoriametrics.com',
  'operators.coreos.com',
  'pkg.crossplane.io',
  'platform.confluent.io',
  'policy.open-cluster-management.io',
  'postgresql.cnpg.io',
  'proclaim.dogmatiq.io',
  'projectcontour.io',
  'promoter.argoproj.io',
  'psmdb.percona.com',
  'pxc.percona.com',
  'rabbitmq.com',
  'rds.aws.crossplane.io',
  'rollouts.kruise.io',
  'route53.aws.crossplane.io',
  's3.aws.crossplane.io',
  'services.cloud.sap.com',
  'serving.knative.dev',
  'serving.kserve.io',
  'snapshot.storage.k8s.io',
  'solr.apache.org',
  'source.toolkit.fluxcd.io',
  'sparkoperator.k8s.io',
  'spot.io',
  'stacks.crossplane.io',
  'tower.ansible.com',
  'trident.netapp.io',
  'work.karmada.io',
  'zookeeper.pravega.io',
];

const read = (path: string): readonly JsonValue[] =>
  parseYamlDocuments(onOneLine(readFileSync(path, 'utf8')), { file: path });

/** Puts each single-quoted text that goes on without indentation, which only some YAML readers take, on one line. */
function onOneLine(text: string): string {
  const lines: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    if (open) lines.push(`${lines.pop() ?? ''} ${line.trim()}`);
    else lines.push(line);
    const quotes = line.split("'").length - 1;
    if (open ? quotes % 2 === 1 : /: '/.test(line) && quotes % 2 === 1) open = !open;
  }
  return lines.join('\n');
}

const kinds = (): readonly (readonly [string, string])[] =>
  readdirSync(corpus)
    .filter((group) => !groupsToCome.includes(group))
    .flatMap((group) => readdirSync(resolve(corpus, group)).map((kind) => [group, kind] as const));

if (existsSync(corpus)) {
  describe.each(kinds())('health corpus: %s %s', (group, kind) => {
    const folder = resolve(corpus, group, kind);
    const cases = read(resolve(folder, 'cases.yaml'))[0] as unknown as readonly Case[];

    it.each(cases)('$input is $status', ({ input, status, message }) => {
      const object = asKubeObject(read(resolve(folder, input))[0]);
      if (object === undefined) throw new Error(`${group}/${kind}/${input} is not a Kubernetes object`);
      expect(hasHealthRule(object)).toBe(true);
      expect(statusHealthOf(object)).toEqual(message === '' ? { status } : { status, message });
    });
  });
} else {
  it('skips the replay: the health corpus is not here', () => {
    process.stderr.write(`no health corpus at ${corpus}: replay skipped\n`);
    expect(existsSync(corpus)).toBe(false);
  });
}
