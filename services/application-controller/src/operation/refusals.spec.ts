import { describe, expect, it } from 'vitest';
import { wasRefused } from './refusals.ts';

describe('wasRefused', () => {
  it.each<[string, boolean]>([
    [
      'one or more synchronization tasks are not valid: resource :ConfigMap is not permitted in project a',
      true,
    ],
    ['one or more objects failed to apply, reason: namespaces "a" not found', true],
    ['one or more objects failed to apply, reason: namespaces "a" not found,namespaces "b" not found', true],
    ['one or more objects failed to apply, reason: namespaces "a" not found (retried 2 times).', true],
    ['one or more objects failed to apply, reason: Service "bad" is invalid', false],
    ['successfully synced (all tasks run)', false],
    ['', false],
  ])('%s: %s', (message, is) => expect(wasRefused(message)).toBe(is));
});
