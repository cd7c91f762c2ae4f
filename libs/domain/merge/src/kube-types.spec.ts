import { describe, expect, it } from 'vitest';
import { builtInKinds, structNamed, typeOfKind, type FieldType, type StructType } from './index.ts';

describe('the table of built-in types', () => {
  it('resolves every type that any built-in kind reaches', () => {
    const seen = new Set<string>();
    const visitType = (type: FieldType): void => {
      if (type.form === 'struct') visit(structNamed(type.ref));
      else if (type.form === 'list' || type.form === 'map') visitType(type.of);
    };
    const visit = (type: StructType): void => {
      if (seen.has(type.name)) return;
      seen.add(type.name);
      for (const field of type.fields.values()) visitType(field.type);
    };
    for (const line of builtInKinds()) {
      const [apiVersion = '', kind = ''] = line.split(' ');
      const type = typeOfKind({ apiVersion, kind });
      expect(type, line).toBeDefined();
      if (type !== undefined) visit(type);
    }
    expect(seen.size).toBeGreaterThan(500);
  });

  it.each([
    ['core/v1.PodSpec', 'containers', { merge: true, mergeKey: 'name' }],
    ['core/v1.PodSpec', 'volumes', { merge: true, retainKeys: true }],
    ['core/v1.PodSpec', 'tolerations', { merge: false }],
    ['apps/v1.DeploymentSpec', 'strategy', { retainKeys: true, merge: false }],
    ['policy/v1.PodDisruptionBudgetSpec', 'selector', { replace: true, pointer: true }],
    ['meta/v1.ObjectMeta', 'finalizers', { merge: true, mergeKey: undefined }],
  ])('%s.%s', (type, field, facts) => {
    expect(structNamed(type).fields.get(field)).toMatchObject(facts);
  });

  it('knows no custom resources', () => {
    expect(typeOfKind({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })).toBeUndefined();
  });
});
