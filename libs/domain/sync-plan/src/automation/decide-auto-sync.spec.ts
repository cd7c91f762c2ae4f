import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Application,
  ApplicationSource,
  OperationState,
  ResourceStatus,
  SyncPolicyAutomated,
} from '@tiphys/model';
import { decideAutoSync, defaultSelfHeal, type AutomationDecision, type AutomationInput } from './index.ts';

const source: ApplicationSource = { repoURL: 'https://git/x', path: 'app', targetRevision: 'main' };
const now = Date.parse('2026-01-01T00:10:00Z');
const drifted: ResourceStatus = { kind: 'ConfigMap', name: 'conf', namespace: 'web', status: 'OutOfSync' };

const app = (automated: SyncPolicyAutomated | undefined, operationState?: OperationState): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd' },
  spec: {
    project: 'default',
    destination: {},
    source,
    ...(automated === undefined ? {} : { syncPolicy: { automated } }),
  },
  ...(operationState === undefined ? {} : { status: { operationState } }),
});

const finished = (over: Partial<OperationState> = {}, attempts?: number): OperationState => ({
  phase: 'Succeeded',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:09:59Z',
  operation: {
    sync: { revision: 'r1', ...(attempts === undefined ? {} : { autoHealAttemptsCount: attempts }) },
  },
  syncResult: { revision: 'r1', source },
  ...over,
});

const decide = (application: Application, resources: ResourceStatus[] = [drifted], revision = 'r1') =>
  decideAutoSync({
    app: application,
    sync: { status: 'OutOfSync', revision },
    resources,
    now,
    settings: defaultSelfHeal,
  });

describe('decideAutoSync', () => {
  it.each([
    ['no automation', app(undefined)],
    ['automation switched off', app({ enabled: false })],
    ['an operation under way', { ...app({}), operation: {} }],
    ['a running operation', app({}, finished({ phase: 'Running' }))],
    ['drift after a good sync without self-heal', app({}, finished())],
  ])('does nothing with %s', (_name, application) =>
    expect(decide(application)).toEqual({ type: 'nothing' }),
  );

  it('starts with the compared revision, the source and five retries', () => {
    expect(decide(app({ prune: true }))).toEqual({
      type: 'start',
      operation: {
        initiatedBy: { automated: true },
        retry: { limit: 5 },
        sync: { revision: 'r1', source, prune: true },
      },
    });
  });

  it('does not try a failed revision again, and says so', () => {
    const failed = app({}, finished({ phase: 'Failed', message: 'no' }));
    expect(decide(failed)).toEqual({ type: 'refuse', message: 'Failed last sync attempt to [r1]: no' });
    expect(decide(failed, [drifted], 'r2').type).toBe('start');
  });

  it('tries a failed revision again once the cause outside git is gone', () => {
    const failed = app({}, finished({ phase: 'Failed', message: 'no' }));
    const sync = { status: 'OutOfSync', revision: 'r1' } as const;
    const input = { app: failed, sync, resources: [drifted], now, settings: defaultSelfHeal };
    expect(decideAutoSync({ ...input, isCauseGone: true })).toMatchObject({
      type: 'start',
      operation: { sync: { revision: 'r1' } },
    });
  });

  it('heals only the drifted objects, and counts', () => {
    expect(decide(app({ selfHeal: true }, finished()))).toMatchObject({
      type: 'start',
      operation: { sync: { autoHealAttemptsCount: 1, resources: [{ kind: 'ConfigMap', name: 'conf' }] } },
    });
  });

  it.each([
    [1, 1_000],
    [2, 5_000],
    [3, 17_000],
    [9, 299_000],
  ])('waits after %i heals', (attempts, afterMs) =>
    expect(decide(app({ selfHeal: true }, finished({}, attempts)))).toEqual({ type: 'wait', afterMs }),
  );

  it('leaves prunes alone without prune and never wipes an Application out', () => {
    const extra: ResourceStatus = { ...drifted, requiresPruning: true };
    expect(decide(app({}), [extra])).toEqual({ type: 'nothing' });
    expect(decide(app({ prune: true }), [extra])).toEqual({
      type: 'refuse',
      message: 'Skipping sync attempt to [r1]: auto-sync will wipe out all resources',
    });
    expect(decide(app({ prune: true, allowEmpty: true }), [extra]).type).toBe('start');
  });

  it.each<[string, Partial<AutomationInput>, AutomationDecision['type']]>([
    ['a new revision that touches nothing of it', { mayHaveChanged: false }, 'nothing'],
    ['a new revision', { mayHaveChanged: true }, 'start'],
    ['other sources', { mayHaveChanged: false, sources: [{ ...source, path: 'other' }] }, 'start'],
  ])('after a good sync, with %s', (_name, over, type) =>
    expect(
      decideAutoSync({
        app: app({}, finished()),
        sync: { status: 'OutOfSync', revision: 'r2' },
        resources: [drifted],
        now,
        settings: defaultSelfHeal,
        ...over,
      }).type,
    ).toBe(type),
  );

  it('takes the fixed wait where the backoff is off', () => {
    const settings = { ...defaultSelfHeal, backoffBaseMs: 0, timeoutMs: 5_000 };
    const heal = (elapsed: number) =>
      decideAutoSync({
        app: app({ selfHeal: true }, finished({}, 9)),
        sync: { status: 'OutOfSync', revision: 'r1' },
        resources: [drifted],
        now: Date.parse('2026-01-01T00:09:59Z') + elapsed,
        settings,
      });
    expect(heal(4_000)).toEqual({ type: 'wait', afterMs: 1_000 });
    expect(heal(5_000)).toMatchObject({ type: 'start', operation: { sync: { autoHealAttemptsCount: 10 } } });
  });

  it('compares all revisions and sources where there are several', () => {
    const sources = [source, { ...source, path: 'b' }];
    const { spec } = app({});
    const { source: _one, ...rest } = spec;
    const syncResult = { revision: '', revisions: ['r1', 'r2'], sources };
    const tried = { ...app({}, finished({ syncResult })), spec: { ...rest, sources } };
    const at = (revisions: string[]) =>
      decideAutoSync({
        app: tried,
        sync: { status: 'OutOfSync', revisions },
        resources: [drifted],
        now,
        settings: defaultSelfHeal,
      });
    expect(at(['r1', 'r2']).type).toBe('nothing');
    expect(at(['r1', 'r3'])).toMatchObject({
      type: 'start',
      operation: { sync: { sources, revisions: ['r1', 'r3'] } },
    });
  });

  it('carries retry policy and sync options of the spec', () => {
    const { spec } = app({});
    const syncPolicy = { automated: {}, retry: { limit: 1 }, syncOptions: ['Replace=true'] };
    expect(decide({ ...app({}), spec: { ...spec, syncPolicy } })).toMatchObject({
      operation: { retry: { limit: 1 }, sync: { syncOptions: ['Replace=true'] } },
    });
  });

  const resources = fc.array(
    fc.record({
      kind: fc.constant('ConfigMap'),
      name: fc.string({ minLength: 1 }),
      status: fc.constantFrom('Synced', 'OutOfSync', 'Unknown'),
      requiresPruning: fc.boolean(),
    }),
  );
  const policies = fc.record({ prune: fc.boolean(), selfHeal: fc.boolean(), allowEmpty: fc.boolean() });
  const lasts = fc.option(
    fc.record({
      phase: fc.constantFrom<OperationState['phase']>('Succeeded', 'Failed', 'Error', 'Running'),
      attempts: fc.nat(12),
      revision: fc.constantFrom('r1', 'r2'),
    }),
    { nil: undefined },
  );

  it('never starts what it must not', () =>
    fc.assert(
      fc.property(policies, resources, lasts, (policy, all, last) => {
        const state =
          last &&
          finished({ phase: last.phase, syncResult: { revision: last.revision, source } }, last.attempts);
        const decision = decide(app(policy, state), all);
        if (decision.type !== 'start') return;
        const { sync } = decision.operation;
        expect(last?.phase).not.toBe('Running');
        if (last?.revision === 'r1') expect([last.phase, policy.selfHeal]).toEqual(['Succeeded', true]);
        if (policy.prune && !policy.allowEmpty && all.length > 0)
          expect(all.some(({ requiresPruning }) => !requiresPruning)).toBe(true);
        expect(sync?.prune === true).toBe(policy.prune);
        for (const { name } of sync?.resources ?? [])
          expect(all).toContainEqual(expect.objectContaining({ name, status: 'OutOfSync' }));
        expect(sync?.autoHealAttemptsCount).toBe(last?.revision === 'r1' ? last.attempts + 1 : undefined);
      }),
    ));

  it('starts nothing more once what it started is under way', () =>
    fc.assert(
      fc.property(policies, resources, (policy, all) => {
        const first = decide(app(policy), all);
        if (first.type !== 'start') return;
        const started = { ...app(policy), operation: first.operation };
        expect(decide(started, all as ResourceStatus[])).toEqual({ type: 'nothing' });
      }),
    ));
});
