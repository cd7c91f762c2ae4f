import { describe, expect, it } from 'vitest';
import { TiphysError, type Application, type KubeObject } from '@tiphys/model';
import type { Clock, KubeApi, Logger } from '@tiphys/ports';
import { enabledReasons, EventRecorder, type AppEvent } from './index.ts';

const app: Application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd', uid: 'u-1', resourceVersion: '7' },
  spec: { project: 'default', destination: { server: 'https://there', namespace: 'shop' } },
};
const event: AppEvent = { type: 'Normal', reason: 'ResourceUpdated', message: 'changed' };
const START = Date.UTC(2026, 0, 1);

interface Setup {
  readonly reasons?: readonly string[];
  readonly create?: (object: KubeObject) => Promise<KubeObject>;
  readonly burst?: number;
}

function recorderOf({ reasons = ['all'], create, burst = 100 }: Setup = {}) {
  const written: KubeObject[] = [];
  const warnings: string[] = [];
  const slept: number[] = [];
  let now = START;
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const logger = { warn: (text: string) => void warnings.push(text) } as unknown as Logger;
  const take = (_resource: unknown, object: KubeObject): Promise<KubeObject> => {
    written.push(object);
    return create === undefined ? Promise.resolve(object) : create(object);
  };
  const recorder = new EventRecorder({
    api: { create: take } as unknown as KubeApi,
    clock,
    logger,
    component: 'argocd-server',
    reasons: enabledReasons(reasons),
    labelsOf: () => ({ team: 'web' }),
    burst,
    perSecond: 10,
  });
  const settled = (count: number): Promise<void> => expect.poll(() => written.length).toBe(count);
  return { recorder, written, warnings, slept, settled };
}

describe('an event', () => {
  it('tells what happened to which Application, when, and who did it', async () => {
    const { recorder, written, settled } = recorderOf();
    recorder.record(app, { ...event, message: 'created application', user: 'admin' });
    await settled(1);
    expect(written[0]).toMatchObject({
      kind: 'Event',
      metadata: {
        name: expect.stringMatching(/^shop\.[0-9a-f]{16}$/u) as string,
        namespace: 'argocd',
        labels: { team: 'web' },
        annotations: { 'dest-namespace': 'shop', 'dest-server': 'https://there', user: 'admin' },
      },
      involvedObject: { kind: 'Application', name: 'shop', namespace: 'argocd', uid: 'u-1' },
      type: 'Normal',
      reason: 'ResourceUpdated',
      message: 'admin created application',
      source: { component: 'argocd-server' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      count: 1,
    });
  });

  it('has a name of its own, also within a millisecond', async () => {
    const { recorder, written, settled } = recorderOf();
    for (let count = 0; count < 50; count += 1) recorder.record(app, event);
    await settled(50);
    expect(new Set(written.map(({ metadata }) => metadata.name)).size).toBe(50);
  });

  it.each([
    [['all'], 1],
    [['none'], 0],
    [['OperationStarted'], 0],
    [['operationstarted', 'ResourceUpdated'], 1],
    [[], 0],
  ])('is written for the reasons %j %i times', async (reasons, count) => {
    const { recorder, written, settled } = recorderOf({ reasons });
    recorder.record(app, event);
    await settled(count);
    await recorder.close();
    expect(written).toHaveLength(count);
  });

  it('that cannot be written is logged, and the next one is tried', async () => {
    const create = (): Promise<never> => Promise.reject(new TiphysError('permission-denied', 'no'));
    const { recorder, warnings, settled } = recorderOf({ create });
    recorder.record(app, event);
    recorder.record(app, event);
    await settled(2);
    await recorder.close();
    expect(warnings).toEqual(['an event cannot be written', 'an event cannot be written']);
  });
});

describe('a storm of events', () => {
  it('is written one by one, slowly after a burst, with the time of each', async () => {
    let under = 0;
    const create = async (object: KubeObject): Promise<KubeObject> => {
      under += 1;
      expect(under).toBe(1);
      await Promise.resolve();
      under -= 1;
      return object;
    };
    const { recorder, written, slept, settled } = recorderOf({ create, burst: 3 });
    for (let count = 0; count < 8; count += 1) recorder.record(app, event);
    await settled(8);
    expect(slept).toEqual([100, 100, 100, 100, 100]);
    expect(new Set(written.map((object) => object['firstTimestamp']))).toEqual(
      new Set(['2026-01-01T00:00:00Z']),
    );
  });

  it('that is endless is cut, and that is said', async () => {
    const { recorder, warnings, written } = recorderOf({ burst: 20_000 });
    for (let count = 0; count < 10_500; count += 1) recorder.record(app, event);
    await expect.poll(() => warnings).toEqual(['events were left out, too many at once']);
    expect(written.length).toBeGreaterThanOrEqual(10_000);
    expect(written.length).toBeLessThan(10_010);
  });
});
