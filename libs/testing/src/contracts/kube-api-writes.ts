import { describe, expect, it } from 'vitest';
import { valueAt, asJson } from '@tiphys/model';
import type { JsonValue, KubeObject } from '@tiphys/model';
import type { KubeFixture } from './kube-fixture.ts';
import { configMap, configMaps, services } from './kube-kinds.ts';

/** Writes to objects. */
export function writesContract(fixture: KubeFixture): void {
  replaceAndPatch(fixture);
  optionsOfWrites(fixture);
}

function replaceAndPatch(fixture: KubeFixture): void {
  describe('replace and patch', () => {
    it('replaces, and refuses a version that has passed', async () => {
      const created = await fixture.create('replaced', { key: 'old' });
      const changed = { ...created, data: { key: 'new' } };
      const replaced = await fixture.api.replace(configMaps, changed);
      expect(replaced.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
      await expect(fixture.api.replace(configMaps, changed)).rejects.toMatchObject({ code: 'conflict' });
      expect(await fixture.read('replaced', 'data')).toEqual({ key: 'new' });
    });

    it.each([
      ['merge', { data: { b: '3', a: null } }, { b: '3' }],
      ['strategic', { data: { c: '4' } }, { a: '1', b: '2', c: '4' }],
      ['json', [{ op: 'replace', path: '/data/a', value: '5' }], { a: '5', b: '2' }],
    ] as const)('patches: %s', async (type, body, expected) => {
      await fixture.create(`patched-${type}`, { a: '1', b: '2' });
      const patched = await fixture.api.patch(configMaps, fixture.named(`patched-${type}`), { type, body });
      expect(patched['data']).toEqual(expected);
      expect(await fixture.read(`patched-${type}`, 'data')).toEqual(expected);
    });

    it('applies: creates, keeps what others own, reports conflicts, takes over by force', async () => {
      const { api, namespace } = fixture;
      const body = (data: Record<string, string>): JsonValue =>
        asJson(configMap(namespace, 'applied', { data }));
      const apply = (
        data: Record<string, string>,
        fieldManager: string,
        force = false,
      ): Promise<KubeObject> =>
        api.patch(configMaps, fixture.named('applied'), {
          type: 'apply',
          body: body(data),
          fieldManager,
          force,
        });
      await apply({ a: '1' }, 'first');
      await apply({ b: '2' }, 'second');
      expect(await fixture.read('applied', 'data')).toEqual({ a: '1', b: '2' });
      await expect(apply({ a: '3' }, 'second')).rejects.toMatchObject({ code: 'conflict' });
      await apply({ a: '3' }, 'second', true);
      expect(await fixture.read('applied', 'data')).toEqual({ a: '3' });
    });
  });
}

function optionsOfWrites(fixture: KubeFixture): void {
  describe('options of writes', () => {
    it('patches a subresource alone', async () => {
      const { api, namespace } = fixture;
      const spec = { ports: [{ port: 80 }] };
      await api.create(services, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'sub', namespace },
        spec,
      });
      const body = {
        spec: { ports: [{ port: 81 }] },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      };
      const condition = {
        type: 'Seen',
        status: 'True',
        reason: 'Test',
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      };
      const patch = { type: 'merge', body: { ...body, status: { conditions: [condition] } } } as const;
      await api.patch(services, fixture.named('sub'), { ...patch, subresource: 'status' });
      const found = asJson(await api.get(services, fixture.named('sub')));
      expect(valueAt(found, 'status', 'conditions')).toEqual([condition]);
      expect(valueAt(found, 'spec', 'ports')).toMatchObject([{ port: 80 }]);
    });

    it('writes nothing in a dry run', async () => {
      const { api, namespace } = fixture;
      const dryRun = true;
      await api.create(configMaps, configMap(namespace, 'dry'), { dryRun });
      await expect(api.get(configMaps, fixture.named('dry'))).rejects.toMatchObject({ code: 'not-found' });
      await fixture.create('dry-patched', { a: '1' });
      const patched = await api.patch(configMaps, fixture.named('dry-patched'), {
        type: 'merge',
        body: { data: { a: '2' } },
        dryRun,
      });
      expect(patched['data']).toEqual({ a: '2' });
      await api.delete(configMaps, fixture.named('dry-patched'), { dryRun });
      expect(await fixture.read('dry-patched', 'data')).toEqual({ a: '1' });
    });

    it('refuses unknown fields where told to be strict, and records the field manager', async () => {
      const { api, namespace } = fixture;
      const odd = { ...configMap(namespace, 'strict'), unknownField: 1 };
      const attempt = api.create(configMaps, odd, { fieldValidation: 'Strict' });
      await expect(attempt).rejects.toMatchObject({ code: 'invalid' });
      const plain = configMap(namespace, 'strict', { data: { a: '1' } });
      const created = await api.create(configMaps, plain, {
        fieldManager: 'captain',
      });
      expect(created.metadata.managedFields?.map((entry) => entry['manager'])).toEqual(['captain']);
    });
  });
}
