import { TiphysError, hasCode, isTiphysError, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import { parseJson } from '@tiphys/adapter-argo-api';
import type { DeleteOptions, PatchType } from '@tiphys/ports';
import type { Caller, Handlers } from '../../api/handlers.ts';
import type { ServerSettings } from '../../settings/server-settings.ts';
import { isSecret } from '../mask.ts';
import type { AppResource } from '../resource-actions/app-resources.ts';
import type { ObjectDoor } from './object-door.ts';
import { objectText } from './object-text.ts';
import { assertHarmless } from './secret-patch.ts';

/** Manager of the fields that callers patch. */
const MANAGER = 'argocd';

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/** Gets, patches and deletes single live objects of Applications. */
export class ObjectService {
  readonly #door: ObjectDoor;
  readonly #settings: ServerSettings;

  constructor(door: ObjectDoor, settings: ServerSettings) {
    this.#door = door;
    this.#settings = settings;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/GetResource': (request, caller) => this.#get(request, caller),
      '/application.ApplicationService/PatchResource': (request, caller) => this.#patch(request, caller),
      '/application.ApplicationService/DeleteResource': (request, caller) => this.#delete(request, caller),
    },
  };

  async #get(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { object } = await this.#door.open(request, caller, 'get');
    return { manifest: objectText(object, this.#settings) };
  }

  async #patch(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const found = await this.#door.open(request, caller, 'update');
    const patch = { type: typeIn(request), body: bodyIn(request) };
    if (isSecret(found.object as unknown as JsonObject)) assertHarmless(patch.body, patch.type);
    const patched = await patchedObject(found, patch);
    return { manifest: objectText(patched, this.#settings) };
  }

  async #delete(request: JsonObject, caller: Caller): Promise<JsonObject> {
    const { cluster, resource, ref } = await this.#door.open(request, caller, 'delete');
    await cluster.api.delete(resource, ref, deletionOf(request));
    return {};
  }
}

function typeIn(request: JsonObject): PatchType {
  const type = PATCH_TYPES[stringAt(request, 'patchType') ?? ''];
  if (type === undefined)
    throw new TiphysError('unknown', 'error patching resource: 415: Unsupported Media Type');
  return type;
}

function bodyIn(request: JsonObject): JsonValue {
  try {
    return parseJson(stringAt(request, 'patch') ?? '');
  } catch {
    throw new TiphysError('invalid', 'error patching resource: the patch is no JSON');
  }
}

/** What the API server says of a Secret may hold its values, so that only the kind of failure is passed on. */
async function patchedObject(
  { cluster, resource, ref, object }: AppResource,
  patch: { readonly type: PatchType; readonly body: JsonValue },
): Promise<KubeObject> {
  try {
    return await cluster.api.patch(resource, ref, { ...patch, fieldManager: MANAGER });
  } catch (error) {
    if (!isSecret(object as unknown as JsonObject)) throw error;
    const code = isTiphysError(error) && !hasCode(error, 'unknown') ? error.code : 'unknown';
    throw new TiphysError(code, `failed to patch Secret ${ref.namespace}/${ref.name}`);
  }
}

/** Orphaned dependents stay; otherwise they go first, and with force the object goes at once. */
function deletionOf(request: JsonObject): DeleteOptions {
  if (request['orphan'] === true) return { propagation: 'Orphan' };
  if (request['force'] === true) return { propagation: 'Background', gracePeriodSeconds: 0 };
  return { propagation: 'Foreground' };
}
