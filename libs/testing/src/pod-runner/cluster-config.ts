import type { KubeAccess } from '../kube-env/index.ts';
import type { Meta } from './objects.ts';

/** The config maps and secrets of a namespace, values as bytes. */
export interface ClusterConfig {
  readonly configMaps: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  readonly secrets: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
}

interface Data {
  readonly metadata: Meta;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** Reads all of them, as a kubelet does when it starts a container. */
export async function readClusterConfig(kube: KubeAccess, namespace: string): Promise<ClusterConfig> {
  const list = async (plural: string): Promise<Data[]> => {
    const path = `/api/v1/namespaces/${namespace}/${plural}`;
    return (await kube.request<{ items: Data[] }>('GET', path)).items;
  };
  const [configMaps, secrets] = await Promise.all([list('configmaps'), list('secrets')]);
  return {
    configMaps: new Map(configMaps.map((one) => [one.metadata.name, entries(one.data, one.binaryData)])),
    secrets: new Map(secrets.map((one) => [one.metadata.name, entries(undefined, one.data)])),
  };
}

function entries(plain: Data['data'] = {}, encoded: Data['data'] = {}): Map<string, Buffer> {
  return new Map([
    ...Object.entries(plain).map(([key, text]) => [key, Buffer.from(text, 'utf8')] as const),
    ...Object.entries(encoded).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}
