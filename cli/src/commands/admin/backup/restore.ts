import { hasCode, messageOf, stringAt } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi } from '@tiphys/ports';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { isRestored, restored, withLiveTracking } from './changes.ts';
import type { StateObject } from './installation.ts';
import type { BackupObject } from './read-backup.ts';

export interface RestoreOptions {
  readonly dryRun: boolean;
  readonly prune: boolean;
  readonly stopOperation: boolean;
  readonly ignoreTracking: boolean;
  readonly overrideOnConflict: boolean;
  /** Tells of objects that need no change, too. */
  readonly verbose: boolean;
  /** A label; objects that have it are left alone. Undefined for none. */
  readonly skip: { readonly key: string; readonly value: string } | undefined;
}

export interface RestoreParts {
  readonly api: KubeApi;
  readonly options: RestoreOptions;
  readonly tell: (line: string) => void;
}

const MANAGER = 'argocd';
const MAX_ATTEMPTS = 10;

/** Makes the state of a control plane that of a backup, object by object in the order of the backup. */
export async function restore(
  backup: readonly BackupObject[],
  state: readonly StateObject[],
  parts: RestoreParts,
): Promise<void> {
  const rest = new Map(state.map((one) => [keyOf(one.object), one]));
  for (const saved of backup) {
    const key = keyOf(saved.object);
    const live = rest.get(key)?.object;
    rest.delete(key);
    if (isSkipped(saved.object, parts.options)) {
      if (parts.options.verbose) told(parts, saved.object, 'skipped by label');
    } else await restoreOne(saved, live, parts);
  }
  for (const { resource, object, isPruned } of rest.values()) {
    if (!isPruned || isSkipped(object, parts.options)) continue;
    if (!parts.options.prune) told({ ...parts, options: { dryRun: false } }, object, 'needs pruning');
    else await prune(resource, object, parts);
  }
}

async function restoreOne(
  { resource, object: saved }: BackupObject,
  known: KubeObject | undefined,
  parts: RestoreParts,
): Promise<void> {
  const { api, options } = parts;
  const live = known ?? (await existing(api, resource, saved));
  if (live === undefined) {
    if (!options.dryRun) await written(saved, () => api.create(resource, saved, { fieldManager: MANAGER }));
    return told(parts, saved, 'created');
  }
  const wanted = options.ignoreTracking ? withLiveTracking(saved, live) : saved;
  const mustStop = options.stopOperation && live['operation'] !== undefined;
  if (isRestored(wanted, live) && !mustStop) {
    if (options.verbose) told(parts, live, 'unchanged');
    return;
  }
  if (!options.dryRun) await written(saved, () => replace(resource, { saved: wanted, live }, parts));
  told(parts, live, 'updated');
}

/** Objects that no listing showed, such as config maps that were empty. */
async function existing(
  api: KubeApi,
  resource: ApiResource,
  { metadata }: KubeObject,
): Promise<KubeObject | undefined> {
  try {
    return await api.get(resource, nameOf(metadata));
  } catch (error) {
    if (hasCode(error, 'not-found')) return undefined;
    throw error;
  }
}

async function replace(
  resource: ApiResource,
  { saved, live }: { readonly saved: KubeObject; readonly live: KubeObject },
  { api, options }: RestoreParts,
): Promise<void> {
  let current = live;
  for (let round = 1; ; round++) {
    try {
      await api.replace(resource, restored(saved, current, options), { fieldManager: MANAGER });
      return;
    } catch (error) {
      if (!hasCode(error, 'conflict') || !options.overrideOnConflict || round >= MAX_ATTEMPTS) throw error;
      current = await api.get(resource, nameOf(live.metadata));
    }
  }
}

/** What an Application deployed stays: without finalizers its end ends nothing else. */
async function prune(resource: ApiResource, object: KubeObject, parts: RestoreParts): Promise<void> {
  const { api, options } = parts;
  if (!options.dryRun)
    await written(object, async () => {
      const { uid = '', finalizers = [] } = object.metadata;
      if (finalizers.length > 0) {
        const body = { metadata: { uid, finalizers: null } };
        await api.patch(resource, nameOf(object.metadata), { type: 'merge', body, fieldManager: MANAGER });
      }
      await api.delete(resource, nameOf(object.metadata), { uid });
    });
  told(parts, object, 'pruned');
}

/** The message of the API server names no value of a Secret, its cause might. */
async function written(object: KubeObject, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const hints = hasCode(error, 'conflict')
      ? ['Somebody else wrote it at the same time: import again, or give --override-on-conflict.']
      : [];
    const reason =
      object.kind === 'Secret' && hasCode(error, 'invalid')
        ? 'the API server does not take it'
        : messageOf(error);
    throw new Failure(`${labelOf(object)} cannot be written: ${reason}`, {
      exitCode: exitCodes.general,
      hints,
    });
  }
}

function told(
  { tell, options }: { readonly tell: RestoreParts['tell']; readonly options: { readonly dryRun: boolean } },
  object: KubeObject,
  what: string,
): void {
  tell(`${labelOf(object)} ${what}${options.dryRun ? ' (dry run)' : ''}`);
}

const groupOf = ({ apiVersion }: KubeObject): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

const labelOf = (object: KubeObject): string =>
  `${groupOf(object)}/${object.kind} ${object.metadata.name ?? ''}`;

const nameOf = ({ name = '', namespace = '' }: KubeObject['metadata']) => ({ name, namespace });

const keyOf = (object: KubeObject): string =>
  `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;

const isSkipped = ({ metadata }: KubeObject, { skip }: RestoreOptions): boolean =>
  skip !== undefined && stringAt({ ...metadata.labels }, skip.key) === skip.value;
