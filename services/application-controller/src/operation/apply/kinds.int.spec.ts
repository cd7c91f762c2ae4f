import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refOf, type KubeObject } from '@tiphys/model';
import { sharedKubeEnv } from '@tiphys/testing/kube-env';
import { ApplyStage } from '../../testing/apply-stage.ts';
import { runTask } from '../run-task.ts';
import { applyObject } from './apply-object.ts';

let stage: ApplyStage;
const suffix = randomBytes(3).toString('hex');
const group = `apply-${suffix}.example.com`;

beforeAll(async () => {
  stage = await ApplyStage.open(await sharedKubeEnv(), 'apply-kinds');
});
afterAll(async () => {
  for (const plural of ['boats', 'seas']) {
    await stage.kube.remove({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      name: `${plural}.${group}`,
    });
  }
  await stage.kube.remove({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: `role-${suffix}`,
  });
  await stage.close();
});

const crd = (kind: string, scope: string): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${kind.toLowerCase()}s.${group}` },
  spec: {
    group,
    scope,
    names: { kind, plural: `${kind.toLowerCase()}s`, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const custom = (kind: string, name: string, spec: object = {}): KubeObject => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name, namespace: stage.namespace },
  spec,
});

describe('kinds that come with a sync', () => {
  it('are known once their CRD is applied, and merged as plain JSON', async () => {
    expect(await stage.apply(crd('Boat', 'Namespaced'))).toBe(
      `customresourcedefinition.apiextensions.k8s.io/boats.${group} created`,
    );
    expect(await stage.apply(custom('Boat', 'b', { sails: ['a', 'b'], crew: 2 }))).toBe(
      `boat.${group}/b created`,
    );
    await stage.apply(custom('Boat', 'b', { sails: ['c'] }));
    expect((await stage.live(custom('Boat', 'b')))?.['spec']).toEqual({ sails: ['c'] });
    expect(await stage.apply(custom('Boat', 'b', { sails: ['d'] }), { syncOptions: ['Replace=true'] })).toBe(
      `boat.${group}/b replaced`,
    );
  });

  it('lose a namespace that they turn out not to have', async () => {
    await stage.apply(crd('Sea', 'Cluster'));
    const sea = custom('Sea', 'dead');
    const ref = { group, kind: 'Sea', namespace: stage.namespace, name: 'dead' };
    const options = { gateway: stage.gateway, dryRun: false, syncOptions: [] };
    expect(await applyObject({ ref, target: sea, live: undefined }, options)).toBe(
      `sea.${group}/dead created`,
    );
  });

  it('are told of where they never come', async () => {
    const target = { ...custom('Nope', 'n'), apiVersion: 'nope.example.com/v1' };
    const options = { gateway: stage.gateway, dryRun: false, syncOptions: [] };
    await expect(applyObject({ ref: refOf(target), target, live: undefined }, options)).rejects.toThrow(
      `resource mapping not found for name: "n" namespace: "${stage.namespace}": no matches for kind "Nope" in ` +
        'version "nope.example.com/v1"\nensure CRDs are installed first',
    );
  });

  it('update CRDs in place with Replace=true', async () => {
    const before = await stage.live(crd('Boat', 'Namespaced'));
    expect(await stage.apply(crd('Boat', 'Namespaced'), { syncOptions: ['Replace=true'], force: true })).toBe(
      `CustomResourceDefinition/boats.${group} updated`,
    );
    expect((await stage.live(crd('Boat', 'Namespaced')))?.metadata.uid).toBe(before?.metadata.uid);
    expect(await stage.live(custom('Boat', 'b'))).toBeDefined();
  });
});

describe('an object that is too large for etcd', () => {
  it('is refused with its size', async () => {
    const large = custom('Boat', 'large', { cargo: 'x'.repeat(2 * 1024 ** 2) });
    const result = await runTask(
      {
        id: 'x',
        key: 'x' as never,
        ref: { group, kind: 'Boat', namespace: stage.namespace, name: 'large' },
        version: 'v1',
        phase: 'Sync',
        isHook: false,
        wave: 0,
        action: { type: 'apply', target: large },
      },
      { gateway: stage.gateway, dryRun: false, syncOptions: ['ServerSideApply=true'], isPatient: true },
    );
    expect(result).toMatchObject({
      status: 'SyncFailed',
      message: expect.stringMatching(
        /^Boat "large" is too large for the cluster \(2\.0 MiB; .*\): .*(?:too large|larger than max)/u,
      ) as string,
    });
  });
});

describe('roles and bindings', () => {
  const rbac = (kind: string, name: string, more: object): KubeObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(kind.startsWith('Cluster') ? {} : { namespace: stage.namespace }) },
    ...more,
  });
  const rules = (verb: string) => [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }];

  it('tell of their reconciliation as recorded', async () => {
    const name = `role-${suffix}`;
    const what = `clusterrole.rbac.authorization.k8s.io/${name}`;
    expect(await stage.apply(rbac('ClusterRole', name, { rules: [] }))).toBe(
      `${what} reconciled. reconciliation required create${what} configured. Warning: resource clusterroles/${name} ` +
        'is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by  apply.  ' +
        'apply should only be used on resources created declaratively by either  create --save-config or  apply. ' +
        'The missing annotation will be patched automatically.',
    );
    expect(await stage.apply(rbac('ClusterRole', name, { rules: rules('get') }))).toBe(
      `${what} reconciled. reconciliation required update${what} configured`,
    );
    expect(await stage.apply(rbac('ClusterRole', name, { rules: rules('get') }))).toBe(
      `${what} reconciled. ${what} unchanged`,
    );
    await stage.apply(rbac('ClusterRole', name, { rules: rules('list') }));
    expect((await stage.live(rbac('ClusterRole', name, {})))?.['rules']).toEqual(rules('list'));
  });

  it.each([
    ['client', []],
    ['server', ['ServerSideApply=true']],
    ['replace', ['Replace=true']],
  ])('make a binding to another role anew: %s', async (mode, syncOptions) => {
    const binding = (role: string): KubeObject =>
      rbac('RoleBinding', `binding-${mode}`, {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: stage.namespace }],
      });
    await stage.apply(binding('one'), { syncOptions });
    expect(await stage.apply(binding('two'), { syncOptions })).toContain('reconciliation required recreate');
    expect((await stage.live(binding('two')))?.['roleRef']).toMatchObject({ name: 'two' });
  });
});
