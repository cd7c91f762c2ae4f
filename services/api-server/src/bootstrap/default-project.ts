import { API_VERSION, hasCode } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';

/** Creates the project `default`, which allows everything, where it is missing. */
export async function ensureDefaultProject(api: KubeApi, namespace: string): Promise<void> {
  try {
    await api.get(ownKinds.project, { namespace, name: 'default' });
    return;
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
  }
  try {
    await api.create(ownKinds.project, {
      apiVersion: API_VERSION,
      kind: 'AppProject',
      metadata: { name: 'default', namespace },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    });
  } catch (error) {
    if (!hasCode(error, 'already-exists')) throw error;
  }
}
