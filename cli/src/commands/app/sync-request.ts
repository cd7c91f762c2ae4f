import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { sourcesOf, type App, type AppResource } from '../../api/schemas/application.ts';
import type { FlagSet, FlagValues } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { resource, sourceRevisions } from './flags.ts';

/** The flags that say how a sync is done. */
export const requestFlags = {
  revision: { kind: 'text', describe: 'Sync to this revision instead of the one in the application' },
  ...sourceRevisions,
  prune: { kind: 'switch', describe: 'Delete objects that are no longer desired' },
  'dry-run': { kind: 'switch', describe: 'Change nothing; say what would be done' },
  force: { kind: 'switch', describe: 'Delete and create anew what cannot be changed' },
  replace: { kind: 'switch', describe: 'Replace objects instead of applying them' },
  'server-side': { kind: 'switch', describe: 'Let the cluster merge the fields (server-side apply)' },
  'apply-out-of-sync-only': { kind: 'switch', describe: 'Leave alone what is in sync' },
  strategy: { kind: 'text', describe: 'How to sync: hook (with hooks, the default) or apply (without)' },
  info: { kind: 'list', describe: 'Note to keep with the operation, NAME=VALUE', placeholder: 'note' },
  resource,
  label: { kind: 'list', describe: 'Only objects with this label, NAME=VALUE', placeholder: 'label' },
  'retry-limit': {
    kind: 'integer',
    default: 0,
    describe: 'How often a failed sync is tried again; negative for ever',
  },
  'retry-backoff-duration': { kind: 'text', default: '5s', describe: 'Wait before the first new try' },
  'retry-backoff-factor': { kind: 'integer', default: 2, describe: 'What each wait is multiplied with' },
  'retry-backoff-max-duration': { kind: 'text', default: '3m0s', describe: 'The longest wait' },
  'retry-refresh': { kind: 'switch', describe: 'Look for a newer revision before each new try' },
} as const satisfies FlagSet;

export type RequestFlags = FlagValues<typeof requestFlags>;

/** The body of a sync request; `resources` are the chosen objects, undefined for all. */
export function syncBody(
  values: RequestFlags,
  app: App | undefined,
  resources?: readonly AppResource[],
): JsonObject {
  const items = syncOptions(values);
  const infos = values.info.map(noteOf);
  return {
    ...(values.revision === undefined ? {} : { revision: values.revision }),
    ...revisionsOf(values, app),
    dryRun: values['dry-run'],
    prune: values.prune,
    strategy: strategyOf(values),
    ...(resources === undefined ? {} : { resources: resources.map(resourceRef) }),
    ...(infos.length === 0 ? {} : { infos }),
    ...(values['retry-limit'] === 0 ? {} : { retryStrategy: retryOf(values) }),
    ...(items.length === 0 ? {} : { syncOptions: { items } }),
  };
}

const resourceRef = ({ group, kind, name, namespace }: AppResource): JsonObject => ({
  group: group ?? '',
  kind,
  name,
  namespace: namespace ?? '',
});

function strategyOf({ strategy, force }: RequestFlags): JsonObject {
  if (strategy === 'apply') return { apply: { force } };
  if (strategy === undefined || strategy === '' || strategy === 'hook') return { hook: { force } };
  throw new Failure(`Unknown sync strategy: '${strategy}'`, { hints: ['Choose hook or apply.'] });
}

const syncOptions = (values: RequestFlags): readonly string[] => [
  ...(values.replace ? ['Replace=true'] : []),
  ...(values['server-side'] ? ['ServerSideApply=true'] : []),
  ...(values['apply-out-of-sync-only'] ? ['ApplyOutOfSyncOnly=true'] : []),
];

const retryOf = (values: RequestFlags): JsonObject => ({
  limit: values['retry-limit'],
  backoff: {
    duration: values['retry-backoff-duration'],
    factor: values['retry-backoff-factor'],
    maxDuration: values['retry-backoff-max-duration'],
  },
  refresh: values['retry-refresh'],
});

function noteOf(text: string): { readonly name: string; readonly value: string } {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Failure(`'${text}' must be NAME=VALUE.`);
  return { name, value };
}

/** Revisions of single sources; each needs the source that it is for. */
export function revisionsOf(
  values: FlagValues<typeof sourceRevisions>,
  app: App | undefined,
): { revisions?: readonly string[]; sourcePositions?: readonly number[] } {
  const byName = values['source-names'].map((name) => positionOf(name, app));
  const positions = byName.length > 0 ? byName : values['source-positions'];
  if (
    positions.length !== values.revisions.length ||
    (byName.length > 0 && values['source-positions'].length > 0)
  )
    throw new Failure('Each of --revisions needs its source: as many --source-positions, or --source-names.');
  if (positions.some((position) => position < 1)) throw new Failure('Sources are counted from 1.');
  return positions.length === 0 ? {} : { revisions: values.revisions, sourcePositions: positions };
}

function positionOf(name: string, app: App | undefined): number {
  const index = app === undefined ? -1 : sourcesOf(app).findIndex((source) => source.name === name);
  if (index >= 0) return index + 1;
  throw new Failure(`The application has no source of the name ${name}.`);
}

/** The rendered objects that have all the labels. */
export function labelled(manifests: readonly string[], labels: readonly string[]): readonly AppResource[] {
  const wanted = labels.map(noteOf);
  const objects = manifests.map((text) => parseJson(text, 'the manifests')).filter(isJsonObject);
  const chosen = objects.filter((object) =>
    wanted.every(({ name, value }) => valueAt(object, 'metadata', 'labels', name) === value),
  );
  if (chosen.length === 0) throw new Failure(`No matching resources found for labels: [${labels.join(' ')}]`);
  return chosen.map(identityOf);
}

function identityOf(object: JsonObject): AppResource {
  const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
  const apiVersion = text(object['apiVersion']);
  return {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind: text(object['kind']),
    name: text(valueAt(object, 'metadata', 'name')),
    namespace: text(valueAt(object, 'metadata', 'namespace')),
  };
}
