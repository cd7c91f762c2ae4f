import type { App, AppResource, AppResult } from '../api/schemas/application.ts';
import { statusCell } from './status-colour.ts';
import { formatTable, type Row } from './table.ts';
import type { Paint } from './terminal.ts';

/** What is known of one object of an application: from its status, and from the last operation. */
export interface ResourceState {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly status: string;
  readonly health: string;
  readonly hook: string;
  readonly message: string;
}

type Named = Pick<AppResource, 'group' | 'kind' | 'namespace' | 'name'>;

export const keyOf = ({ group, kind, namespace, name }: Named): string =>
  [group ?? '', kind, namespace ?? '', name].join('/');

/** The objects of the last operation in its order, then those that it did not touch. */
export function resourceStates(app: App): readonly ResourceState[] {
  const known = new Map((app.status?.resources ?? []).map((resource) => [keyOf(resource), resource]));
  const results = app.status?.operationState?.syncResult?.resources ?? [];
  const touched = results.map((result) => stateOfResult(result, known.get(keyOf(result))));
  const names = new Set(results.map(keyOf));
  const rest = [...known.values()].filter((resource) => !names.has(keyOf(resource)));
  return [...touched, ...rest.map(stateOfResource)];
}

const isHook = ({ hookType }: AppResult): boolean => (hookType ?? '') !== '';

/** A hook, or an object that is gone, is told by the operation alone. */
function stateOfResult(result: AppResult, resource: AppResource | undefined): ResourceState {
  const outcome = { status: result.hookPhase ?? '', health: result.status ?? '' };
  const { status, health } = resource === undefined || isHook(result) ? outcome : stateOfResource(resource);
  return {
    ...identityOf(result),
    status,
    health,
    hook: result.hookType ?? '',
    message: result.message ?? '',
  };
}

const stateOfResource = (resource: AppResource): ResourceState => ({
  ...identityOf(resource),
  status: resource.status ?? '',
  health: resource.health?.status ?? '',
  hook: '',
  message: '',
});

const identityOf = ({ group, kind, namespace, name }: Named): Pick<ResourceState, keyof Named> => ({
  group: group ?? '',
  kind,
  namespace: namespace ?? '',
  name,
});

const header = ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'HOOK', 'MESSAGE'];

const rowOf = (state: ResourceState): Row => [
  ...[state.group, state.kind, state.namespace, state.name],
  ...[statusCell(state.status), statusCell(state.health), state.hook, state.message],
];

/** Objects as a table. */
export const formatResourceStates = (states: readonly ResourceState[], paint?: Paint): string =>
  formatTable([header, ...states.map(rowOf)], paint === undefined ? {} : { paint });

const PROGRESS_WIDTHS = [0, 5, 10, 10, 20, 8, 7, 10];

/** Lines of progress: objects as they are at a time; `withHeader` for the first ones. */
export function formatProgress(
  states: readonly ResourceState[],
  options: { readonly time: string; readonly withHeader: boolean; readonly paint?: Paint },
): string {
  const rows: Row[] = states.map((state) => [options.time, ...rowOf(state)]);
  const { paint } = options;
  return formatTable(options.withHeader ? [['TIMESTAMP', ...header], ...rows] : rows, {
    alignRight: PROGRESS_WIDTHS,
    ...(paint === undefined ? {} : { paint }),
  });
}
