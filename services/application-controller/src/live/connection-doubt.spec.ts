import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ConnectionDoubt } from './connection-doubt.ts';

/** A doubt about a server that fails so many times; resolves with what was told in the end. */
function doubt(
  failures: number,
  graceMs = 40,
): { subject: ConnectionDoubt; probes: () => number; lost: unknown[] } {
  const lost: unknown[] = [];
  let probes = 0;
  const subject = new ConnectionDoubt({
    probe: () => {
      probes += 1;
      return probes <= failures ? Promise.reject(new Error(`no answer ${probes}`)) : Promise.resolve();
    },
    onLost: (error) => lost.push(error),
    graceMs,
    probeMs: 5,
  });
  return { subject, probes: () => probes, lost };
}

describe('ConnectionDoubt', () => {
  it('is over with the first answer', async () => {
    const { subject, probes, lost } = doubt(2, 10_000);
    subject.raise();
    await expect.poll(probes).toBe(3);
    await delay(20);
    expect(probes()).toBe(3);
    expect(lost).toEqual([]);
  });

  it('tells once that the connection is lost, with the last failure, however often it is raised', async () => {
    const { subject, probes, lost } = doubt(Number.POSITIVE_INFINITY);
    for (let times = 0; times < 5; times += 1) subject.raise();
    await expect.poll(() => lost.length).toBe(1);
    expect(lost).toEqual([new Error(`no answer ${probes()}`)]);
    expect(probes()).toBeLessThan(20);
  });

  it('can be raised again after an answer', async () => {
    const { subject, probes } = doubt(1);
    subject.raise();
    await expect.poll(probes).toBe(2);
    await expect.poll(() => (subject.raise(), probes())).toBeGreaterThan(2);
  });

  it('tells nothing once it is stopped', async () => {
    const { subject, probes, lost } = doubt(Number.POSITIVE_INFINITY);
    subject.raise();
    await expect.poll(probes).toBeGreaterThan(0);
    subject.stop();
    await delay(60);
    expect(lost).toEqual([]);
  });
});
