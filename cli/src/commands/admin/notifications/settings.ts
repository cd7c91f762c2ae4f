import { createHash } from 'node:crypto';
import { asKubeObject, configNames, hasCode } from '@tiphys/model';
import { parseNotificationConfig, type NotificationConfig } from '@tiphys/notify-rules';
import type { ApiResource } from '@tiphys/ports';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { withCluster, type OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { dataOf, readDataFile, type Data } from '../read-object.ts';
import type { NotificationValues } from './flags.ts';

/** What notifications are made of. */
export interface NotificationSettings {
  readonly config: NotificationConfig;
  readonly context: Readonly<Record<string, string>>;
  readonly secrets: ReadonlyMap<string, string>;
}

const EMPTY = ':empty';

/** The settings out of files, else of the cluster; what is wrong in them is told on standard error. */
export async function readNotifications(
  invocation: Invocation,
  flags: NotificationValues,
): Promise<NotificationSettings> {
  const { err } = invocation;
  const source = await sourceOf(invocation, flags);
  const config = parseNotificationConfig(source.settings, (text) =>
    createHash('sha1').update(text).digest('base64url'),
  );
  for (const problem of config.problems) err.line(`${err.paint('Warning:', 'yellow')} ${problem}`);
  const url = source.url === undefined ? {} : { argocdUrl: source.url };
  return {
    config,
    context: { ...url, ...config.context },
    secrets: new Map(Object.entries(source.secret)),
  };
}

interface Source {
  readonly settings: Data;
  readonly secret: Data;
  readonly url: string | undefined;
}

async function sourceOf(invocation: Invocation, flags: NotificationValues): Promise<Source> {
  const settings = await settingsIn(invocation, flags['config-map']);
  const secret =
    flags.secret === undefined
      ? undefined
      : flags.secret === EMPTY
        ? {}
        : await readDataFile(flags.secret, 'Secret');
  if (settings !== undefined && secret !== undefined) return { settings, secret, url: undefined };
  return withCluster(invocation, flags, async (cluster) => {
    const { configMap, secret: secretKind } = ownKinds;
    const cm = await dataIn(cluster, configMap, configNames.cm);
    return {
      settings: settings ?? (await dataIn(cluster, configMap, configNames.notificationsCm)),
      secret: secret ?? (await dataIn(cluster, secretKind, configNames.notificationsSecret)),
      url: cm['url'],
    };
  });
}

async function settingsIn({ prompter }: Invocation, path: string | undefined): Promise<Data | undefined> {
  if (path === undefined) return undefined;
  if (path !== '-') return readDataFile(path, 'ConfigMap');
  const [first] = parseKubernetesObjects(await prompter.readAll(), { file: 'standard input' });
  const object = asKubeObject(first);
  if (object?.kind === 'ConfigMap') return dataOf(object);
  throw new Failure('Standard input holds no ConfigMap.', { exitCode: exitCodes.general });
}

async function dataIn({ api, namespace }: OwnCluster, kind: ApiResource, name: string): Promise<Data> {
  try {
    return dataOf(await api.get(kind, { namespace, name }));
  } catch (error) {
    if (hasCode(error, 'not-found')) return {};
    throw error;
  }
}
