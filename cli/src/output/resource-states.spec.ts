import { describe, expect, it } from 'vitest';
import { appOf, ended, resourceOf } from '../testing/apps.ts';
import { formatProgress, resourceStates } from './resource-states.ts';

const result = (more: object): object => ({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  ...more,
});
const withResults = (resources: readonly object[], status: object = {}): ReturnType<typeof appOf> =>
  appOf({ status: { ...status, operationState: ended({ syncResult: { revision: 'r', resources } }) } });

describe('resourceStates', () => {
  it('lists what the operation touched first, in its order', () => {
    const app = withResults([result({ name: 'b', message: 'b created' }), result({ name: 'a' })], {
      resources: [resourceOf(), resourceOf({ group: '', kind: 'ConfigMap', name: 'a', status: 'OutOfSync' })],
    });
    expect(resourceStates(app).map(({ name, status, message }) => [name, status, message])).toEqual([
      ['b', '', 'b created'],
      ['a', 'OutOfSync', ''],
      ['web', 'Synced', ''],
    ]);
  });

  it('tells a hook and a pruned object by what the operation did', () => {
    const hook = result({ name: 'job', hookType: 'PreSync', hookPhase: 'Running', status: 'Synced' });
    const gone = result({ name: 'old', hookPhase: 'Succeeded', status: 'Pruned', message: 'pruned' });
    const app = withResults([hook, gone], {
      resources: [resourceOf({ group: '', kind: 'ConfigMap', name: 'job', hook: true })],
    });
    expect(
      resourceStates(app).map(({ name, status, health, hook: type }) => [name, status, health, type]),
    ).toEqual([
      ['job', 'Running', 'Synced', 'PreSync'],
      ['old', 'Succeeded', 'Pruned', ''],
    ]);
  });
});

describe('formatProgress', () => {
  it('has the columns of the reference', () => {
    const text = formatProgress(resourceStates(appOf()), {
      time: '2026-01-02T03:04:05+00:00',
      withHeader: true,
    });
    expect(text).toBe(
      [
        'TIMESTAMP                  GROUP        KIND   NAMESPACE                  NAME    STATUS   HEALTH        HOOK  MESSAGE',
        '2026-01-02T03:04:05+00:00   apps  Deployment        shop                   web    Synced  Healthy              ',
        '',
      ].join('\n'),
    );
  });
});
