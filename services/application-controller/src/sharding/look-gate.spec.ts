import { describe, expect, it } from 'vitest';
import type { ApplicationDestination } from '@tiphys/model';
import { LookGate } from './look-gate.ts';

function given() {
  const held = new Set(['near']);
  const lost = new Set<string>();
  let destination: ApplicationDestination | undefined = { server: 'near' };
  const gate = new LookGate({
    shards: {
      serves: (server = '') => held.has(server),
      keeps: (server = '') => held.has(server),
      permit: (server = '') =>
        held.has(server) ? { lease: server, isValid: () => !lost.has(server) } : undefined,
    },
    serverOf: ({ server }) => server,
    destinationOf: () => destination,
  });
  return {
    gate,
    held,
    lost,
    moveTo: (server: string | undefined) => (destination = server === undefined ? undefined : { server }),
  };
}
const near = { server: 'near' };

describe('a look', () => {
  it('begins only where its cluster is served', () => {
    const { gate } = given();
    expect(gate.begin('a', { server: 'far' })).toBe(false);
    expect(gate.begin('a', near)).toBe(true);
    expect(gate.end('a')).toBe(true);
  });

  it('writes while it has leave, and not before, after, or once that is gone', () => {
    const { gate, lost } = given();
    const fence = gate.fenceOf('a');
    expect(fence).toThrow(/no look at it/u);
    gate.begin('a', near);
    expect(fence).not.toThrow();
    lost.add('near');
    expect(fence).toThrow(/another controller may serve/u);
    expect(gate.end('a')).toBe(false);
    lost.clear();
    expect(fence).toThrow(/no look at it/u);
  });

  it('stops writing when its Application goes to a cluster of somebody else', () => {
    const { gate, held, moveTo } = given();
    const fence = gate.fenceOf('a');
    gate.begin('a', near);
    moveTo('far');
    expect(fence).toThrow(/went to a cluster/u);
    held.add('far');
    expect(fence).not.toThrow();
    moveTo(undefined);
    expect(fence).not.toThrow();
  });

  it('holds up the end of its lease, and no other', async () => {
    const { gate } = given();
    gate.begin('a', near);
    let isDrained = false;
    const drained = gate.drained('near').then(() => (isDrained = true));
    await gate.drained('far');
    expect(isDrained).toBe(false);
    gate.end('a');
    await drained;
    expect(isDrained).toBe(true);
  });
});
