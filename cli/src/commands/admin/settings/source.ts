import { configNames, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { withCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { dataOf, readDataFile, type Data } from '../read-object.ts';
import type { SettingsValues } from './flags.ts';

export interface Settings {
  /** Data of `argocd-cm`. */
  readonly cm: Data;
  /** Data of `argocd-secret`; undefined where nobody said where it is. */
  readonly secret: Data | undefined;
}

/** The settings out of files, and of the cluster where that is asked for. */
export async function readSettings(invocation: Invocation, flags: SettingsValues): Promise<Settings> {
  const cmPath = flags['argocd-cm-path'];
  const secretPath = flags['argocd-secret-path'];
  const fromCluster = flags['load-cluster-settings'];
  if (cmPath === undefined && !fromCluster)
    throw new Failure('Where are the settings?', {
      hints: [
        'Give the file with the config map by --argocd-cm-path,',
        'or read those of the cluster with --load-cluster-settings -n NAMESPACE.',
      ],
    });
  const cm = cmPath === undefined ? undefined : await readDataFile(cmPath, 'ConfigMap');
  const secret = secretPath === undefined ? undefined : await readDataFile(secretPath, 'Secret');
  if (!fromCluster || (cm !== undefined && secret !== undefined)) return { cm: cm ?? {}, secret };
  return withCluster(invocation, flags, async ({ api, namespace }) => ({
    cm: cm ?? dataOf(await api.get(ownKinds.configMap, { namespace, name: configNames.cm })),
    secret: secret ?? dataOf(await api.get(ownKinds.secret, { namespace, name: configNames.secret })),
  }));
}

/** Reads the YAML inside a setting. */
export const readYaml = (text: string): JsonValue =>
  parseYamlDocuments(text, { file: 'the setting' })[0] ?? null;
