import { isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { invocations } from '@tiphys/testing/recordings/invocations';
import type { RecordedWorld } from './given.ts';

const MERGE = 'application/merge-patch+json';
const WORKLOADS = '/apis/apps/v1/namespaces/ns-a/deployments';
const CONFIG_MAPS = '/api/v1/namespaces/ns-a/configmaps';

/** The project `filed` as the recorded client saw it from a command on. */
export function projectAt(first: number): JsonObject {
  const seen = invocations(first, Number.MAX_SAFE_INTEGER)
    .flatMap(({ calls }) => calls)
    .filter(({ method }) => method === '/project.ProjectService/Get')
    .find(({ response: { metadata } }) => isJsonObject(metadata) && metadata['name'] === 'filed');
  return (seen?.response['spec'] ?? {}) as JsonObject;
}

/** What somebody else did before the recorded command of a number. */
export const MEANWHILE: Readonly<Record<string, (given: RecordedWorld) => Promise<unknown>>> = {
  '502': async ({ world: { kube } }) => {
    await kube.request('PATCH', `${CONFIG_MAPS}/web-config`, { data: { color: 'red' } }, MERGE);
    await kube.request('PATCH', `${WORKLOADS}/web`, { spec: { replicas: 3 } }, MERGE);
  },
  '536': ({ world, commits }) => world.git.branch('apps', 'main', commits[2] ?? ''),
  '642': ({ world, commits }) => world.git.branch('apps', 'main', commits[3] ?? ''),
  '656': ({ world }) => world.project('filed', projectAt(656)),
  '659': ({ world }) => world.project('filed', projectAt(660)),
  '675': ({ world }) => world.isGone('lab'),
};
