import { arrayAt, isJsonObject, stringAt, valueAt } from '@tiphys/model';
import type { Application, JsonObject, JsonValue } from '@tiphys/model';
import type { AppEvent } from '@tiphys/runtime/events';
import type { ObjectStore } from '@tiphys/runtime/watch';
import type { Handlers } from '../api/handlers.ts';
import type { AppFinder } from './finder.ts';

/** A call that succeeded. */
interface Done {
  readonly request: JsonObject;
  readonly response: JsonObject;
  /** The Application as it was before; undefined for one that was not there. */
  readonly before: Application | undefined;
}

type Telling = (done: Done) => Omit<AppEvent, 'type' | 'user'> | undefined;

const SERVICE = '/application.ApplicationService/';
const changedSpec: Telling = () => ({ reason: 'ResourceUpdated', message: 'updated application spec' });
const ranAction: Telling = ({ request }) => {
  const [action = '', ...parts] = ['action', 'group', 'kind', 'resourceName'].map(
    (key) => stringAt(request, key) ?? '',
  );
  return { reason: 'ResourceActionRan', message: `ran action ${action} on resource ${parts.join('/')}` };
};

const changedObject =
  (reason: 'ResourceUpdated' | 'ResourceDeleted', did: string): Telling =>
  ({ request }) => {
    const [group = '', kind = '', name = ''] = ['group', 'kind', 'resourceName'].map(
      (key) => stringAt(request, key) ?? '',
    );
    return { reason, message: `${did} resource ${group}/${kind} '${name}'` };
  };

/** What is told of each call, in the words that watchers of events know. */
const tellings: Readonly<Record<string, Telling>> = {
  Create: ({ response, before }) => {
    if (before === undefined) return { reason: 'ResourceCreated', message: 'created application' };
    const isChanged = valueAt(response, 'metadata', 'resourceVersion') !== before.metadata.resourceVersion;
    return isChanged ? changedSpec({ request: {}, response, before }) : undefined;
  },
  Update: changedSpec,
  UpdateSpec: changedSpec,
  Patch: changedSpec,
  Delete: () => ({ reason: 'ResourceDeleted', message: 'deleted application' }),
  Sync: ({ request, response }) => ({
    reason: 'OperationStarted',
    message: `initiated ${syncText(request, response)}`,
  }),
  Rollback: ({ request }) => ({
    reason: 'OperationStarted',
    message: `initiated rollback to ${Number(request['id'] ?? 0).toString()}`,
  }),
  TerminateOperation: () => ({ reason: 'ResourceUpdated', message: 'terminated running operation' }),
  RunResourceAction: ranAction,
  RunResourceActionV2: ranAction,
  PatchResource: changedObject('ResourceUpdated', 'patched'),
  DeleteResource: changedObject('ResourceDeleted', 'deleted'),
};

function syncText(request: JsonObject, response: JsonObject): string {
  if (arrayAt(request, 'manifests').length > 0) return 'sync locally';
  const sync = valueAt(response, 'operation', 'sync');
  const what = arrayAt(request, 'resources').length > 0 ? 'partial sync' : 'sync';
  const sources = arrayAt(sync, 'sources');
  const places =
    sources.length > 0
      ? sources.map((source, index) => placeOf(source, textOf(arrayAt(sync, 'revisions')[index])))
      : [placeOf(valueAt(sync, 'source'), stringAt(sync, 'revision') ?? '', stringAt(request, 'revision'))];
  return `${what} to ${places.join(',')}`;
}

/** `main (<commit>)`, or the revision alone where that was asked for. */
function placeOf(source: JsonValue | undefined, revision: string, asked = ''): string {
  const target = asked === '' ? (stringAt(source, 'targetRevision') ?? '') : asked;
  return target === '' || target === revision ? revision : `${target} (${revision})`;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

export interface AnnouncerParts {
  readonly store: ObjectStore<Application>;
  readonly finder: AppFinder;
  readonly record: (app: Application, event: AppEvent) => void;
}

/** The same handlers, which tell of each change of an Application once it was made. */
export function announced(handlers: Handlers, parts: AnnouncerParts): Handlers {
  const unary = Object.entries(handlers.unary).map(([method, handle]) => {
    const telling = method.startsWith(SERVICE) ? tellings[method.slice(SERVICE.length)] : undefined;
    if (telling === undefined) return [method, handle] as const;
    const telltale: typeof handle = async (request, caller) => {
      const before = appIn(request, parts);
      const response = await handle(request, caller);
      const told = telling({ request, response, before });
      const app = before ?? asApplication(response);
      if (told !== undefined && app !== undefined)
        parts.record(app, { type: 'Normal', ...told, user: caller.claims?.subject ?? '' });
      return response;
    };
    return [method, telltale] as const;
  });
  return { ...handlers, unary: Object.fromEntries(unary) };
}

function appIn(request: JsonObject, { store, finder }: AnnouncerParts): Application | undefined {
  const inBody = valueAt(request, 'application');
  const name = stringAt(inBody, 'metadata', 'name') ?? stringAt(request, 'name') ?? '';
  const namespace = stringAt(inBody, 'metadata', 'namespace') ?? stringAt(request, 'appNamespace') ?? '';
  return store.get(finder.namespaceOf({ namespace }), name);
}

const asApplication = (response: JsonObject): Application | undefined =>
  isJsonObject(response['metadata']) && isJsonObject(response['spec'])
    ? (response as unknown as Application)
    : undefined;
