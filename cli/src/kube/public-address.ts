import { stringAt, valueAt } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { exitCodes, Failure } from '../program/failure.ts';
import { askKube } from './client.ts';
import type { KubeContext } from './kubeconfig.ts';

const PATH = '/api/v1/namespaces/kube-public/configmaps/cluster-info';

/** The address that a cluster tells everybody in `kube-public`. @throws Failure where it tells none */
export async function publicAddress(context: KubeContext): Promise<string> {
  const { status, body } = await askKube(context, { method: 'GET', path: PATH });
  const text = stringAt(body, 'data', 'kubeconfig');
  const [config] = text === undefined ? [] : parseYamlDocuments(text, { file: 'the cluster-info' });
  const clusters = config === undefined ? undefined : valueAt(config, 'clusters');
  const [first] = Array.isArray(clusters) ? (clusters as Parameters<typeof stringAt>[0][]) : [];
  const server = first === undefined ? undefined : stringAt(first, 'cluster', 'server');
  if (server !== undefined && server !== '') return server.replace(/\/+$/, '');
  throw new Failure(
    `The cluster ${context.server} tells no address in the config map kube-public/cluster-info (status ${String(status)}).`,
    { exitCode: exitCodes.general },
  );
}
