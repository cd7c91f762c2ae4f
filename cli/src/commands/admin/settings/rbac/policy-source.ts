import { configNames, hasCode, isJsonObject, stringAt } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { KubeValues } from '../../../../kube/flags.ts';
import { withCluster } from '../../../../kube/own-cluster.ts';
import { ownKinds } from '../../../../kube/own-kinds.ts';
import { Failure } from '../../../../program/failure.ts';
import type { Invocation } from '../../../../program/invocation.ts';
import { dataOf, readDataFile, readText, type Data } from '../../read-object.ts';

/** The data of `argocd-rbac-cm`: of a file with it, of one with a policy alone, or of the cluster. */
export async function rbacData(
  invocation: Invocation,
  flags: KubeValues & { readonly 'policy-file': string | undefined },
): Promise<Data> {
  const path = flags['policy-file'];
  if (path !== undefined) return await dataIn(path);
  if (flags.namespace === undefined)
    throw new Failure('Where is the policy?', {
      hints: [
        'Give a file with a policy or with the config map by --policy-file,',
        'or read that of the cluster with --namespace NAMESPACE.',
      ],
    });
  return withCluster(invocation, flags, async ({ api, namespace }) => {
    try {
      return dataOf(await api.get(ownKinds.configMap, { namespace, name: configNames.rbac }));
    } catch (error) {
      if (!hasCode(error, 'not-found')) throw error;
      throw new Failure(`The namespace ${namespace} has no config map ${configNames.rbac}.`);
    }
  });
}

async function dataIn(path: string): Promise<Data> {
  const text = await readText(path);
  return isConfigMap(text, path) ? await readDataFile(path, 'ConfigMap') : { 'policy.csv': text };
}

/** A policy is no YAML, or a text. */
function isConfigMap(text: string, file: string): boolean {
  try {
    const [first] = parseYamlDocuments(text, { file });
    return isJsonObject(first) && stringAt(first, 'kind') === 'ConfigMap';
  } catch {
    return false;
  }
}
