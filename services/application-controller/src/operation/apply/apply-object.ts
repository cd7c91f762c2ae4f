import { annotations, FIELD_MANAGER, TiphysError, type KubeObject, type ResourceRef } from '@tiphys/model';
import { withLastApplied } from '@tiphys/merge';
import { isCrd, isForced, isValidated, movesFieldsOfClientSideApply } from '@tiphys/sync-plan';
import type { WriteGateway } from '../write-gateway.ts';
import type { Applied, Applying } from './applying.ts';
import { chooseMode, modes, type ModeName } from './choose-mode.ts';
import { awaitKinds } from './crd-ready.ts';
import { isReconciled, makeNewBinding, needsNewBinding, reconciledText, resourceName } from './rbac.ts';

export interface ApplyRequest {
  readonly ref: ResourceRef;
  readonly target: KubeObject;
  readonly live: KubeObject | undefined;
}

export interface ApplyOptions {
  readonly gateway: WriteGateway;
  /** Says what would be done by what is known, and does nothing. Server-side apply is off then. */
  readonly dryRun: boolean;
  /** Sync options of the Application. */
  readonly syncOptions: readonly string[];
  /** The operation's strategy asks for force. Default false. */
  readonly force?: boolean;
  /** Who applied on the client before, where the Application names somebody else than kubectl. */
  readonly migrationManager?: string;
}

/** Writes one object as its options and those of its Application say, and tells in kubectl's words what came of it. */
export async function applyObject(request: ApplyRequest, options: ApplyOptions): Promise<string> {
  const { gateway, dryRun, syncOptions } = options;
  if (!dryRun) await assertKnown(request, gateway);
  const { ref, target, live } = gateway.knows(request.target) ? placed(request, gateway) : request;
  const applying: Applying = {
    ref,
    target,
    live,
    gateway,
    force: isForced({ target, live }, options.force === true),
    validate: isValidated(target, syncOptions),
    formerManagers: formerManagersOf(target, options),
  };
  const name = chooseMode({ target, live }, syncOptions);
  const applied = dryRun ? modes[name].preview(applying) : await applyBy(name, applying);
  if (!dryRun && isCrd(target)) await awaitKinds(target, gateway);
  return textOf(name, applied, { ...applying, suffix: dryRun ? ' (dry run)' : '' });
}

async function applyBy(name: ModeName, applying: Applying): Promise<Applied> {
  if (!needsNewBinding(applying.target, applying.live)) return modes[name].apply(applying);
  await makeNewBinding(applying, name === 'client' ? withLastApplied(applying.target) : applying.target);
  return { verb: name === 'server' ? 'serverside-applied' : name === 'replace' ? 'replaced' : 'configured' };
}

function textOf(
  mode: ModeName,
  { verb, warning }: Applied,
  { ref, target, live, gateway, suffix }: Applying & { readonly suffix: string },
): string {
  const name = resourceName(ref);
  if (isReconciled(target)) {
    const plural = gateway.resourceOf(target).resource;
    return reconciledText({ target, live }, { name, verb, plural, suffix });
  }
  const subject = mode === 'update' && verb === 'updated' ? `${ref.kind}/${ref.name}` : name;
  return `${subject} ${verb}${suffix}${warning === undefined ? '' : `. ${warning}`}`;
}

/**
 * A kind that was not known when the sync began may have come with an object of an earlier wave, or by the hand of an
 * operator: the cluster is asked once more before the object fails.
 */
async function assertKnown({ ref, target }: ApplyRequest, gateway: WriteGateway): Promise<void> {
  if (gateway.knows(target)) return;
  await gateway.discover();
  if (gateway.knows(target)) return;
  throw new TiphysError(
    'not-found',
    `resource mapping not found for name: "${ref.name}" namespace: "${ref.namespace}": no matches for kind ` +
      `"${ref.kind}" in version "${target.apiVersion}"\nensure CRDs are installed first`,
  );
}

/** An object of a kind that turned out to be cluster-scoped has no namespace. */
function placed(request: ApplyRequest, gateway: WriteGateway): ApplyRequest {
  const { target, ref, live } = request;
  if (gateway.resourceOf(target).namespaced || target.metadata.namespace === undefined) return request;
  const { namespace: _namespace, ...metadata } = target.metadata;
  return { ref: { ...ref, namespace: '' }, target: { ...target, metadata }, live };
}

/** Our own entries of former client-side applies always move; those of kubectl, or of whom an annotation names, by default. */
function formerManagersOf(
  target: KubeObject,
  { syncOptions, migrationManager }: ApplyOptions,
): readonly string[] {
  if (!movesFieldsOfClientSideApply(syncOptions)) return [FIELD_MANAGER];
  const named = target.metadata.annotations?.[annotations.migrationManager] ?? migrationManager;
  return [named ?? KUBECTL, FIELD_MANAGER];
}

const KUBECTL = 'kubectl-client-side-apply';
