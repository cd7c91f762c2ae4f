import { describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { decodePayload, deliveryIdOf, encodePayload } from './delivery-payload.ts';

const app = (uid: string): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'a', uid },
  spec: { project: 'default', destination: {} },
});

describe('deliveryIdOf', () => {
  it('is the same for the same message of the same Application, and fit for a queue', () => {
    const id = deliveryIdOf(app('1'), 'on-x:[0].h:slack:room');
    expect(id).toBe(deliveryIdOf(app('1'), 'on-x:[0].h:slack:room'));
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(
      new Set([id, deliveryIdOf(app('2'), 'on-x:[0].h:slack:room'), deliveryIdOf(app('1'), 'x')]).size,
    ).toBe(3);
  });
});

describe('the payload', () => {
  const payload = {
    app: { metadata: { name: 'a', generation: 9_007_199_254_740_993n } },
    trigger: 'on-x',
    templates: ['t'],
    destination: { service: 'slack', recipient: 'room' },
    sentKey: 'k',
  };

  it('survives the queue, large integers included', () => {
    expect(decodePayload(encodePayload(payload))).toEqual(payload);
  });

  it.each(['', 'null', '{}', '{"app":[]}', '{"app":{},"trigger":1}'])('is not read from %j', (text) => {
    expect(() => decodePayload(text)).toThrow();
  });
});
