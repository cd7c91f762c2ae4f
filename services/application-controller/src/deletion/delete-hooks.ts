import {
  annotationOf,
  describeRef,
  keyOf,
  messageOf,
  ownAnnotations,
  refOf,
  TiphysError,
  versionOf,
  type KubeObject,
} from '@tiphys/model';
import { healthOf } from '@tiphys/health';
import { failpoint } from '@tiphys/runtime/failpoints';
import { deletePoliciesOf, hookObject, waveOf, type SyncTask } from '@tiphys/sync-plan';
import { markObject } from '@tiphys/tracking';
import { fetchLive } from '../compare/fetch-live.ts';
import type { AppContext } from '../compare/desired.ts';
import { releaseHook } from '../operation/hooks/release.ts';
import { removeHook } from '../operation/hooks/remove.ts';
import { runTask } from '../operation/run-task.ts';
import { WriteGateway } from '../operation/write-gateway.ts';
import type { Target } from '../compare/targets.ts';
import { isOfType, type DeleteStage } from './hook-finalizers.ts';

export type HookRound =
  | { readonly type: 'finished' }
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'failed'; readonly message: string };

type HookState = 'missing' | 'old' | 'running' | 'succeeded' | 'failed';

interface DeleteHook extends Target {
  readonly live: KubeObject | undefined;
  readonly state: HookState;
  readonly wave: number;
}

/**
 * One round of the hooks of a deletion: wave after wave each is created once, and all must succeed. None is created
 * while the project forbids one of them. The mark that a hook bears tells which deletion it belongs to, so that what an
 * earlier Application of that name left is made anew, as is one that somebody deleted before it succeeded.
 */
export async function runDeleteHooks(
  context: AppContext,
  stage: DeleteStage,
  hooks: readonly KubeObject[],
): Promise<HookRound> {
  const all = await findHooks(context, stage, hooks);
  const open = all.filter(({ state }) => state !== 'succeeded');
  const failed = open.filter(({ state }) => state === 'failed');
  if (failed.length > 0)
    return { type: 'failed', message: failed.map((hook) => failureOf(stage, hook)).join('; ') };
  if (open.length === 0) return { type: 'finished' };
  const gateway = gatewayOf(context);
  const forbidden = open.flatMap((hook) => refusalText(stage, hook, gateway));
  if (forbidden.length > 0) return { type: 'failed', message: forbidden.join('; ') };
  const wave = Math.min(...open.map((hook) => hook.wave));
  const now = open.filter((hook) => hook.wave === wave);
  try {
    await removeOld(
      gateway,
      now.filter(({ state }) => state === 'old'),
    );
    for (const hook of now) if (hook.state === 'missing') await create(gateway, hook);
  } catch (error) {
    return { type: 'failed', message: messageOf(error) };
  }
  const names = now.map(({ ref }) => describeRef(ref)).join(', ');
  return { type: 'waiting', reason: `waiting for completion of ${stage} hook ${names}` };
}

/** Lets the hooks of a stage go, and deletes those whose policy asks for it. */
export async function tidyDeleteHooks(
  context: AppContext,
  stage: DeleteStage,
  hooks: readonly KubeObject[],
): Promise<void> {
  failpoint('deletion-hook-cleanup');
  const gateway = gatewayOf(context);
  const all = await findHooks(context, stage, hooks);
  const isGood = all.every(({ state }) => state === 'succeeded');
  for (const { ref, live } of all) {
    if (live === undefined || !isOurs(live, context)) continue;
    const policies = deletePoliciesOf(live);
    if (policies.has(isGood ? 'HookSucceeded' : 'HookFailed'))
      await removeHook(gateway, ref, { live, syncOptions: [] });
    else await releaseHook(gateway, ref, live);
  }
}

const gatewayOf = ({ view, project, destination }: AppContext): WriteGateway =>
  new WriteGateway(view, project, destination);

async function findHooks(
  context: AppContext,
  stage: DeleteStage,
  hooks: readonly KubeObject[],
): Promise<readonly DeleteHook[]> {
  const targets = hooks.filter((hook) => isOfType(hook, stage)).map((hook) => targetOf(hook, stage, context));
  const live = await fetchLive(context.view, targets);
  return targets.map((target) => {
    const found = live.get(target.key);
    return { ...target, live: found, wave: waveOf(target.object), state: stateOf(target, found, context) };
  });
}

function targetOf(hook: KubeObject, stage: DeleteStage, context: AppContext): Target {
  const { app, instance, destination, tracking } = context;
  const uid = app.metadata.uid ?? '';
  // Names follow from the Application itself: its revision may move while it is deleted.
  const naming = { revision: uid, startedAt: Date.parse(app.metadata.deletionTimestamp ?? '') };
  const named = hookObject(hook, { type: stage, naming });
  const noted: KubeObject = {
    ...named,
    metadata: {
      ...named.metadata,
      annotations: { ...named.metadata.annotations, [ownAnnotations.deletionOf]: uid },
    },
  };
  const object = markObject(noted, {
    app: instance,
    destinationNamespace: destination.namespace,
    settings: tracking,
  });
  const ref = refOf(object);
  return { key: keyOf(ref), ref, version: versionOf(object.apiVersion), object };
}

const isOurs = (live: KubeObject, { app }: Pick<AppContext, 'app'>): boolean =>
  annotationOf(live, ownAnnotations.deletionOf) === (app.metadata.uid ?? '');

function stateOf({ key }: Target, live: KubeObject | undefined, context: AppContext): HookState {
  if (live === undefined) return 'missing';
  if (!isOurs(live, context)) return 'old';
  const health = context.view.get(key)?.health ?? healthOf(live);
  const isLeaving = live.metadata.deletionTimestamp !== undefined;
  switch (health?.status) {
    case undefined:
    case 'Healthy':
      return 'succeeded';
    case 'Degraded':
    case 'Unknown':
      return isLeaving ? 'old' : 'failed';
    case 'Progressing':
    case 'Suspended':
    case 'Missing':
      return isLeaving ? 'old' : 'running';
  }
}

function refusalText(
  stage: DeleteStage,
  { ref, object }: DeleteHook,
  gateway: WriteGateway,
): readonly string[] {
  const refusal = gateway.refusalOf(ref, gateway.resourceOf(object));
  return refusal === undefined ? [] : [`${stage} hook ${describeRef(ref)}: ${refusal}`];
}

const removeOld = (gateway: WriteGateway, hooks: readonly DeleteHook[]): Promise<unknown> =>
  Promise.all(
    hooks.flatMap(({ ref, live }) =>
      live === undefined ? [] : [removeHook(gateway, ref, { live, syncOptions: [] })],
    ),
  );

async function create(gateway: WriteGateway, { key, ref, version, object, wave }: DeleteHook): Promise<void> {
  const task: SyncTask = {
    id: key,
    key,
    ref,
    version,
    phase: 'Sync',
    isHook: true,
    wave,
    action: { type: 'apply', target: object },
  };
  failpoint('hook-create-before');
  const result = await runTask(task, { gateway, dryRun: false, syncOptions: [] });
  failpoint('hook-create-after');
  if (result.status !== 'SyncFailed') return;
  throw new TiphysError('failed-precondition', `hook ${describeRef(ref)}: ${result.message ?? ''}`);
}

function failureOf(stage: DeleteStage, { ref, live }: DeleteHook): string {
  const why = live === undefined ? undefined : healthOf(live)?.message;
  return (
    `${stage} hook ${describeRef(ref)} failed${why === undefined || why === '' ? '' : `: ${why}`}. ` +
    'Delete it to have it run again.'
  );
}
