import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asJson, hasCode, type JsonObject, type KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import { actionTable, builtInAction, builtInActions, patchBetween, type Impact } from './index.ts';

const NOW = new Date('2026-03-04T05:06:07.890Z');
const STAMP = '2026-03-04T05:06:07Z';

const object = (kind: string, fields: Record<string, unknown> = {}): KubeObject => {
  const [group, name] = kind.split('/');
  return {
    apiVersion: `${group ?? ''}/v1`,
    kind: name ?? '',
    ...fields,
    metadata: { name: 'x', namespace: 'n', uid: 'u', ...(fields['metadata'] as object | undefined) },
  };
};

function run(on: KubeObject, name: string, params: Readonly<Record<string, string>> = {}): readonly Impact[] {
  const rule = builtInAction(on, name);
  if (rule === undefined) throw new Error(`${on.kind} has no action ${name}`);
  return rule.run(asJson(on), { now: NOW, params });
}

const patchOf = (
  on: KubeObject,
  name: string,
  params?: Readonly<Record<string, string>>,
): JsonObject | undefined => {
  const [impact] = run(on, name, params);
  expect(impact?.operation).toBe('patch');
  return impact && patchBetween(asJson(on), asJson(impact.object));
};

const annotated = (key: string, value: string | null): object => ({
  metadata: { annotations: { [key]: value } },
});
const withAnnotation = (key: string, value: string): Record<string, unknown> =>
  annotated(key, value) as never;

const restarted = {
  spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': STAMP } } } },
};
type Case = readonly [
  what: string,
  on: KubeObject,
  action: string,
  patch: object,
  params?: Readonly<Record<string, string>>,
];
const patches: readonly Case[] = [
  ['restarts a Deployment', object('apps/Deployment'), 'restart', restarted],
  ['restarts a StatefulSet', object('apps/StatefulSet'), 'restart', restarted],
  ['restarts a DaemonSet', object('apps/DaemonSet'), 'restart', restarted],
  ['pauses a Deployment', object('apps/Deployment'), 'pause', { spec: { paused: true } }],
  [
    'resumes a Deployment',
    object('apps/Deployment', { spec: { paused: true, replicas: 1 } }),
    'resume',
    { spec: { paused: null } },
  ],
  ['scales', object('apps/StatefulSet'), 'scale', { spec: { replicas: 3 } }, { replicas: '3' }],
  ['suspends a CronJob', object('batch/CronJob'), 'suspend', { spec: { suspend: true } }],
  ['resumes a Job', object('batch/Job', { spec: { suspend: true } }), 'resume', { spec: { suspend: false } }],
  ['ends a Job', object('batch/Job'), 'terminate', { spec: { activeDeadlineSeconds: 1 } }],
  ['aborts a rollout', object('argoproj.io/Rollout'), 'abort', { status: { abort: true } }],
  [
    'resumes a rollout',
    object('argoproj.io/Rollout', { spec: { paused: true }, status: { pauseConditions: [{}], x: 1 } }),
    'resume',
    { spec: { paused: null }, status: { pauseConditions: null } },
  ],
  [
    'skips a step',
    object('argoproj.io/Rollout', {
      spec: { strategy: { canary: { steps: [{}, {}] } } },
      status: { currentStepIndex: 0 },
    }),
    'skip-current-step',
    { status: { currentStepIndex: 1 } },
  ],
  ['restarts a rollout', object('argoproj.io/Rollout'), 'restart', { spec: { restartAt: STAMP } }],
  [
    'turns automation on',
    object('argoproj.io/Application', { spec: { project: 'p' } }),
    'toggle-auto-sync',
    { spec: { syncPolicy: { automated: { enabled: true } } } },
  ],
  [
    'turns automation off and keeps how it prunes',
    object('argoproj.io/Application', { spec: { syncPolicy: { automated: { prune: true } } } }),
    'toggle-auto-sync',
    { spec: { syncPolicy: { automated: { enabled: false } } } },
  ],
  [
    'reconciles by annotation',
    object('kustomize.toolkit.fluxcd.io/Kustomization'),
    'reconcile',
    annotated('reconcile.fluxcd.io/requestedAt', STAMP),
  ],
  [
    'pauses scaling at replicas',
    object('keda.sh/ScaledObject'),
    'paused-replicas',
    annotated('autoscaling.keda.sh/paused-replicas', '2'),
    { replicas: '2' },
  ],
  [
    'resumes scaling',
    object('keda.sh/ScaledObject', withAnnotation('autoscaling.keda.sh/paused-replicas', '2')),
    'resume',
    annotated('autoscaling.keda.sh/paused-replicas', null),
  ],
  [
    'promotes a replica',
    object('postgresql.cnpg.io/Cluster', {
      status: { instanceNames: ['x-1', 'x-2'], currentPrimary: 'x-1' },
    }),
    'promote',
    {
      status: {
        targetPrimary: 'x-2',
        targetPrimaryTimestamp: STAMP,
        phase: 'Switchover in progress',
        phaseReason: 'Switching over to x-2',
      },
    },
    { instance: '2' },
  ],
  [
    'refreshes a secret',
    object('external-secrets.io/ExternalSecret'),
    'refresh',
    annotated('force-sync', STAMP),
  ],
  ['merges', object('promoter.argoproj.io/PullRequest'), 'merge', { spec: { state: 'merged' } }],
];

describe('built-in actions', () => {
  it.each(patches.map((one) => [one[0], one] as const))('%s', (_what, [, on, name, expected, params]) => {
    expect(patchOf(on, name, params)).toEqual(expected);
  });

  it('starts a Job from a CronJob', () => {
    const jobTemplate = { metadata: { labels: { a: 'b' } }, spec: { template: { spec: {} } } };
    const [impact] = run(object('batch/CronJob', { spec: { jobTemplate } }), 'create-job');
    expect(impact).toEqual({
      operation: 'create',
      object: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: 'x-20260304050607',
          namespace: 'n',
          labels: { a: 'b' },
          annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
          ownerReferences: [
            { apiVersion: 'batch/v1', kind: 'CronJob', name: 'x', uid: 'u', controller: true },
          ],
        },
        spec: { template: { spec: {} } },
      },
    });
  });

  it('keeps names of what it creates within bounds', () => {
    const long = { metadata: { name: 'n'.repeat(63) } };
    const [impact] = run(object('argoproj.io/CronWorkflow', long), 'create-workflow');
    expect(impact?.object.metadata.name).toHaveLength(63);
  });

  it.each([
    [object('apps/Deployment'), 'scale', {}],
    [object('apps/Deployment'), 'scale', { replicas: 'many' }],
    [object('apps/Deployment'), 'scale', { replicas: '-1' }],
    [object('postgresql.cnpg.io/Cluster'), 'promote', { instance: '7' }],
  ])('refuses parameters that are none: %#', (on, name, params) => {
    expect(() => run(on, name, params)).toThrow(expect.toSatisfy((e: unknown) => hasCode(e, 'invalid')));
  });

  it('runs each action on an object that holds nothing, and says only what it is', () => {
    for (const [kind, rules] of Object.entries(actionTable)) {
      expect(builtInActions(object(kind)).map(({ name }) => name)).toEqual(rules.map(({ name }) => name));
      for (const { name, params = [] } of rules)
        if (params.length === 0) expect(run(object(kind), name).length).toBeGreaterThan(0);
    }
  });

  it('disables what makes no sense now', () => {
    const disabled = (on: KubeObject): readonly string[] =>
      builtInActions(on).flatMap((action) => (action.disabled === true ? [action.name] : []));
    expect(disabled(object('apps/Deployment'))).toEqual(['resume']);
    expect(disabled(object('apps/Deployment', { spec: { paused: true } }))).toEqual(['pause']);
    const status = { currentPodHash: 'b', stableRS: 'a' };
    expect(disabled(object('argoproj.io/Rollout', { status }))).toEqual([
      'resume',
      'retry',
      'skip-current-step',
    ]);
  });
});

const facts = resolve(import.meta.dirname, '../../../../../shared/wire/lua.tsv');
it.each([
  ['Enable Auto-Sync', { spec: { project: 'p' } }],
  ['Enable Auto-Sync', { spec: { syncPolicy: { automated: { enabled: false } } } }],
  ['Disable Auto-Sync', { spec: { syncPolicy: { automated: {} } } }],
])('offers %s for %j', (displayName, app) => {
  expect(builtInActions(object('argoproj.io/Application', app))).toEqual([
    { name: 'toggle-auto-sync', displayName },
  ]);
});

const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').filter((item) => item !== '');

if (existsSync(facts)) {
  const rows = readFileSync(facts, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([section, , , , , actions]) => section === 'builtin-lua' && (actions ?? '') !== '');

  it.each(rows.map((row) => [`${row[1] ?? ''}/${row[2] ?? ''}`, row] as const))(
    '%s has what is known of it',
    (kind, row) => {
      const rules = actionTable[kind] ?? [];
      const names = [...listOf(row[5]), ...listOf(row[6])].sort();
      expect(rules.map(({ name }) => name).sort()).toEqual(names);
      expect(rules.flatMap(({ params = [] }) => params)).toEqual(listOf(row[8]));
      expect([...new Set(rules.flatMap(({ iconClass }) => iconClass ?? []))].sort()).toEqual(listOf(row[10]));
      const fixed = rules.flatMap(({ displayName }) =>
        typeof displayName === 'string' ? [displayName] : [],
      );
      expect([...new Set(fixed)].sort()).toEqual(listOf(row[11]));
    },
  );
} else {
  it('skips the table of kinds', () => {
    process.stderr.write(`no facts at ${facts}: comparison skipped\n`);
    expect(existsSync(facts)).toBe(false);
  });
}
