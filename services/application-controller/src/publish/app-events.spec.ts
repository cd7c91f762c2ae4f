import { describe, expect, it } from 'vitest';
import type { Application, ApplicationStatus, Operation, OperationState } from '@tiphys/model';
import { eventsBetween } from './app-events.ts';

const appOf = (status: ApplicationStatus = {}, operation?: Operation): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: { project: 'default', destination: { server: 'https://there', namespace: 'shop' } },
  status,
  ...(operation === undefined ? {} : { operation }),
});

const startedAt = '2026-01-01T00:00:00Z';
const ended = (phase: OperationState['phase'], more: Partial<OperationState> = {}): OperationState => ({
  operation: { sync: {} },
  phase,
  startedAt,
  syncResult: { revision: 'abc', resources: [] },
  ...more,
});
const messages = (before: Application, after: Application): readonly string[] =>
  eventsBetween(before, after).map(({ type, reason, message }) => `${type} ${reason} ${message}`);

const running = appOf({ operationState: ended('Running') });
const automated: Operation = { sync: { revision: 'abc' }, initiatedBy: { automated: true } };

describe('what is told', () => {
  it.each<[string, Application, Application, readonly string[]]>([
    ['of nothing new', appOf({ sync: { status: 'Synced' } }), appOf({ sync: { status: 'Synced' } }), []],
    [
      'of a first look',
      appOf(),
      appOf({ sync: { status: 'OutOfSync' }, health: { status: 'Missing' } }),
      [
        'Normal ResourceUpdated Updated sync status:  -> OutOfSync',
        'Normal ResourceUpdated Updated health status:  -> Missing',
      ],
    ],
    [
      'of a sync that ended well',
      running,
      appOf({ operationState: ended('Succeeded'), health: { status: 'Healthy' } }),
      [
        'Normal OperationCompleted Sync operation to abc succeeded',
        'Normal ResourceUpdated Updated health status:  -> Healthy',
      ],
    ],
    [
      'of a selective sync that failed',
      running,
      appOf({
        operationState: ended('Failed', {
          message: 'no luck',
          operation: { sync: { resources: [{ kind: 'ConfigMap', name: 'a' }] } },
        }),
      }),
      ['Warning OperationCompleted Partial sync operation to abc failed: no luck'],
    ],
    ['of a sync that goes on', running, running, []],
    [
      'of an end that was told',
      appOf({ operationState: ended('Error') }),
      appOf({ operationState: ended('Error') }),
      [],
    ],
    [
      'of the next end',
      appOf({ operationState: ended('Error') }),
      appOf({ operationState: ended('Error', { startedAt: '2026-01-01T00:01:00Z', message: 'again' }) }),
      ['Warning OperationCompleted Sync operation to abc failed: again'],
    ],
    [
      'of a sync that begins by itself',
      appOf(),
      appOf({}, automated),
      ["Normal OperationStarted Initiated automated sync to 'abc'"],
    ],
    ['of one that is under way', appOf({}, automated), appOf({}, automated), []],
    ['of one that somebody asked for', appOf(), appOf({}, { sync: {}, initiatedBy: { username: 'a' } }), []],
  ])('%s', (_what, before, after, expected) => {
    expect(messages(before, after)).toEqual(expected);
  });
});
