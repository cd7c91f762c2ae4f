import { describe, expect, it } from 'vitest';
import { readWatchLine } from './watch-events.ts';

const line = (type: string, object: unknown): string => JSON.stringify({ type, object });
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', resourceVersion: '7' } };

describe('a watch line', () => {
  it.each([
    ['ADDED', pod, { type: 'upsert', object: pod, resourceVersion: '7' }],
    ['MODIFIED', pod, { type: 'upsert', object: pod, resourceVersion: '7' }],
    ['DELETED', pod, { type: 'delete', object: pod, resourceVersion: '7' }],
    [
      'BOOKMARK',
      { kind: 'Pod', metadata: { resourceVersion: '8' } },
      { type: 'bookmark', resourceVersion: '8', listed: false },
    ],
    [
      'BOOKMARK',
      {
        kind: 'Pod',
        metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
      },
      { type: 'bookmark', resourceVersion: '9', listed: true },
    ],
    ['ADDED', { kind: 'Pod', metadata: 'odd' }, { type: 'skip' }],
    ['ADDED', null, { type: 'skip' }],
    ['SOMETHING', pod, { type: 'skip' }],
  ])('%s', (type, object, expected) => {
    expect(readWatchLine(line(type, object))).toEqual(expected);
  });

  it('of an error throws what the server said', () => {
    const error = { kind: 'Status', message: 'too old resource version', reason: 'Expired', code: 410 };
    expect(() => readWatchLine(line('ERROR', error))).toThrow(
      expect.objectContaining({ code: 'failed-precondition', message: 'too old resource version' }),
    );
  });

  it('that is no JSON throws', () => {
    expect(() => readWatchLine('upstream connect error')).toThrow(
      expect.objectContaining({ code: 'invalid' }),
    );
  });
});
