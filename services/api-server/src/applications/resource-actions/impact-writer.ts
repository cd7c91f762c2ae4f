import { TiphysError, asJson, describeRef, gvkOf, hasCode, refOf } from '@tiphys/model';
import type { JsonObject, KubeObject, ResourceRef } from '@tiphys/model';
import { patchBetween, splitStatus } from '@tiphys/actions';
import type { Impact } from '@tiphys/actions';
import type { ApiResource } from '@tiphys/ports';
import { assertPermitted } from '../objects/permitted.ts';
import type { AppResource } from './app-resources.ts';

const FIELD_MANAGER = 'argocd-server';

interface Write {
  readonly impact: Impact;
  readonly ref: ResourceRef;
  readonly resource: ApiResource;
}

/**
 * Writes what an action wants changed, in its order. Nothing is written before the project was asked about each object
 * and the API server has taken each new one in a dry run. Errors: `permission-denied` where the project forbids an
 * object, or one to be patched is not the Application's own.
 */
export async function writeImpacts(found: AppResource, impacts: readonly Impact[]): Promise<void> {
  const writes: Write[] = [];
  for (const impact of impacts) writes.push(await prepared(found, impact));
  const { api } = found.cluster;
  for (const { impact, resource } of writes)
    if (impact.operation === 'create')
      await api.create(resource, impact.object, { fieldManager: FIELD_MANAGER, dryRun: true });
  for (const { impact, ref, resource } of writes) {
    if (impact.operation === 'create')
      await api.create(resource, impact.object, { fieldManager: FIELD_MANAGER });
    else await patch(found, resource, await differenceTo(found, { impact, ref, resource }));
  }
}

async function prepared(found: AppResource, impact: Impact): Promise<Write> {
  const resource = await found.cluster.resource(gvkOf(impact.object));
  const object = inNamespace(impact.object, resource, found.ref);
  const ref = refOf(object);
  assertPermitted(found, ref, resource);
  if (impact.operation === 'patch' && !found.isOwn(ref))
    throw new TiphysError(
      'permission-denied',
      `${describeRef(ref)} is no resource of application ${found.app.metadata.name ?? ''}`,
    );
  return { impact: { ...impact, object }, ref, resource };
}

/** Objects without a namespace go where the object of the action is. */
function inNamespace(
  object: KubeObject,
  { namespaced }: ApiResource,
  { namespace }: ResourceRef,
): KubeObject {
  if (!namespaced || (object.metadata.namespace ?? '') !== '') return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

interface Difference {
  readonly ref: ResourceRef;
  readonly patch: JsonObject | undefined;
}

/** What to send so that an object becomes what the action made of it. */
async function differenceTo(found: AppResource, { impact, ref, resource }: Write): Promise<Difference> {
  const isTheOne =
    ref.kind === found.ref.kind && ref.group === found.ref.group && ref.name === found.ref.name;
  const live =
    isTheOne && ref.namespace === found.ref.namespace
      ? found.object
      : await found.cluster.api.get(resource, ref);
  return { ref, patch: patchBetween(asJson(live), asJson(impact.object)) };
}

/** The status goes to its own place where the kind has one. */
async function patch(
  found: AppResource,
  resource: ApiResource,
  { ref, patch: body }: Difference,
): Promise<void> {
  if (body === undefined) return;
  const { api } = found.cluster;
  const send = (part: JsonObject, subresource?: string): Promise<unknown> =>
    api.patch(resource, ref, {
      type: 'merge',
      body: part,
      fieldManager: FIELD_MANAGER,
      ...(subresource === undefined ? {} : { subresource }),
    });
  const { status, rest } = splitStatus(body);
  if (status === undefined) return void (await send(body));
  try {
    await send(body, 'status');
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    return void (await send(body));
  }
  if (rest !== undefined) await send(rest);
}
