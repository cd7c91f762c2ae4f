import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { defaultTracking } from '@tiphys/tracking';
import { toLiveObject } from './live-object.ts';
import { isQuiet, type UpdateRules } from './quiet-updates.ts';

const rules: UpdateRules = {
  isOn: true,
  rules: [
    { group: '*', kind: '*', jsonPointers: ['/status'] },
    { group: 'apps', kind: 'Deployment', jqPathExpressions: ['.metadata.annotations["beat"]'] },
  ],
};
const off: UpdateRules = { isOn: false, rules: [] };

function deployment(change: {
  readonly spec?: object;
  readonly status?: object;
  readonly metadata?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly isTracked?: boolean;
}): KubeObject {
  const { spec = { replicas: 1 }, status = {}, metadata = {}, annotations = {}, isTracked = true } = change;
  const mark = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:web/web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'web',
      uid: 'u',
      resourceVersion: '1',
      ...metadata,
      annotations: { ...(isTracked ? mark : {}), ...annotations },
    },
    spec,
    status,
  };
}

const asks = { 'argocd.argoproj.io/ignore-resource-updates': 'true' };
const declines = { 'argocd.argoproj.io/ignore-resource-updates': 'false' };
const replicas = { observedGeneration: 1, updatedReplicas: 1, availableReplicas: 1, replicas: 1 };

describe('updates that nobody looks at', () => {
  it.each<
    [string, boolean, Parameters<typeof deployment>[0], Parameters<typeof deployment>[0], UpdateRules?]
  >([
    ['a write of nothing', true, {}, { metadata: { resourceVersion: '2', managedFields: [{}] } }],
    ['a status that is left out', true, { status: replicas }, { status: { ...replicas, note: 'x' } }],
    [
      'a generation without another health',
      true,
      { status: { ...replicas, observedGeneration: 9 } },
      { status: { ...replicas, observedGeneration: 9 }, metadata: { generation: 2 } },
    ],
    ['a status that moves the health', false, { status: replicas }, { status: {} }],
    ['an annotation that is left out', true, {}, { annotations: { beat: '2' } }],
    ['another annotation', false, {}, { annotations: { other: '2' } }],
    ['a spec', false, {}, { spec: { replicas: 2 } }],
    ['the beginning of its end', false, {}, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['a mark that goes', false, {}, { isTracked: false }],
    ['nothing, with the rules off', false, {}, { metadata: { resourceVersion: '2' } }, off],
    ['a child', false, { isTracked: false }, { isTracked: false, metadata: { resourceVersion: '2' } }],
    [
      'a child that asks for the rules',
      true,
      { isTracked: false, annotations: asks },
      { isTracked: false, annotations: asks, status: { note: 'x' } },
    ],
    [
      'another change of such a child',
      false,
      { isTracked: false, annotations: asks },
      { isTracked: false, annotations: asks, spec: { replicas: 2 } },
    ],
    [
      'a child that declines them',
      false,
      { isTracked: false, annotations: declines },
      { isTracked: false, annotations: declines, status: { note: 'x' } },
    ],
    [
      'what is tracked, whatever it asks for',
      true,
      { annotations: declines },
      { annotations: declines, status: { note: 'x' } },
    ],
  ])('%s: %s', (_name, isExpected, before, after, with_ = rules) => {
    const reading = { tracking: defaultTracking, updates: with_ };
    const [old, next] = [toLiveObject(deployment(before), reading), toLiveObject(deployment(after), reading)];
    expect(isQuiet(old, next, with_)).toBe(isExpected);
  });
});
