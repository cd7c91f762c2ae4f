import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@tiphys/model';
import type { KubeFixture } from './kube-fixture.ts';
import { configMap, configMaps, controllerRevisions } from './kube-kinds.ts';

/** Discovery, and reads of objects. */
export function readsContract(fixture: KubeFixture): void {
  discovery(fixture);
  createGetList(fixture);
  whatJsonLosesElsewhere(fixture);
}

function discovery(fixture: KubeFixture): void {
  describe('discovery', () => {
    it('tells the version', async () => {
      const version = await fixture.api.version();
      expect(version.minor).toMatch(/^1\.\d+$/);
      expect(version.gitVersion).toMatch(/^v1\.\d+\.\d+/);
    });

    it('lists kinds with scope and verbs, without subresources, the preferred version first', async () => {
      const { resources, failedGroups } = await fixture.api.discover();
      expect(failedGroups).toEqual([]);
      const find = (kind: string, group: string) =>
        resources.filter((resource) => resource.kind === kind && resource.group === group);
      expect(find('ConfigMap', '')).toMatchObject([
        { version: 'v1', resource: 'configmaps', namespaced: true },
      ]);
      expect(find('Namespace', '')).toMatchObject([{ resource: 'namespaces', namespaced: false }]);
      expect(find('Deployment', 'apps')[0]?.verbs).toContain('watch');
      expect(find('HorizontalPodAutoscaler', 'autoscaling').map(({ version }) => version)[0]).toBe('v2');
      expect(resources.filter(({ resource }) => resource.includes('/'))).toEqual([]);
    });
  });
}

function createGetList(fixture: KubeFixture): void {
  describe('create, get, list', () => {
    it('creates and gets an object', async () => {
      const created = await fixture.create('born', { key: 'value' });
      expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
      const found = await fixture.api.get(configMaps, fixture.named('born'));
      expect(found).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' } });
      expect(found.metadata.uid).toBe(created.metadata.uid);
    });

    it('refuses what exists, with the words of the server', async () => {
      await fixture.create('twice');
      await expect(fixture.create('twice')).rejects.toMatchObject({
        code: 'already-exists',
        message: 'configmaps "twice" already exists',
      });
    });

    it('says what is not there, with the words of the server', async () => {
      await expect(fixture.api.get(configMaps, fixture.named('nobody'))).rejects.toMatchObject({
        code: 'not-found',
        message: 'configmaps "nobody" not found',
      });
    });

    it('refuses an invalid object and names the field', async () => {
      const attempt = fixture.api.create(configMaps, configMap(fixture.namespace, 'Not_A_Name'));
      await expect(attempt).rejects.toMatchObject({ code: 'invalid' });
      await expect(attempt).rejects.toThrow('metadata.name');
    });

    it.each(['../secrets', 'a/b', '.', '..', 'a%2fb', ''])('refuses %j as a name', async (name) => {
      await expect(fixture.api.get(configMaps, fixture.named(name))).rejects.toMatchObject({
        code: 'invalid',
      });
    });

    it('refuses a namespaced object without a namespace', async () => {
      const orphan = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'orphan' } };
      await expect(fixture.api.create(configMaps, orphan)).rejects.toMatchObject({ code: 'invalid' });
    });

    it('lists more than a page, each object once and with its kind', async () => {
      const { api, namespace } = fixture;
      const labels = { set: 'many' };
      const names = Array.from({ length: 1_101 }, (_, index) => `many-${index}`);
      await Promise.all(names.map((name) => api.create(configMaps, configMap(namespace, name, { labels }))));
      const { items, resourceVersion } = await api.list(configMaps, { namespace, labelSelector: 'set=many' });
      expect(new Set(items.map(({ metadata }) => metadata.name))).toEqual(new Set(names));
      expect(items).toHaveLength(names.length);
      expect(items[700]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace } });
      expect(resourceVersion).toMatch(/^\d+$/);
    });

    it('lists by field, and nothing where nothing matches', async () => {
      const { api, namespace } = fixture;
      await fixture.create('by-field');
      const one = await api.list(configMaps, { namespace, fieldSelector: 'metadata.name=by-field' });
      expect(one.items.map(({ metadata }) => metadata.name)).toEqual(['by-field']);
      expect((await api.list(configMaps, { namespace, labelSelector: 'no=such' })).items).toEqual([]);
    });
  });
}

function whatJsonLosesElsewhere(fixture: KubeFixture): void {
  describe('what JSON loses elsewhere', () => {
    it('keeps integers beyond 2^53', async () => {
      const { api, namespace } = fixture;
      const revision = 9_007_199_254_740_993n;
      const object = {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: { name: 'exact', namespace },
        revision,
        data: { small: 1, text: '9007199254740993' },
      };
      await api.create(controllerRevisions, object);
      const found = await api.get(controllerRevisions, fixture.named('exact'));
      expect(found['revision']).toBe(revision);
      expect(found['data']).toEqual({ small: 1, text: '9007199254740993' });
      const replaced = await api.replace(controllerRevisions, { ...found, revision: revision + 2n });
      expect(replaced['revision']).toBe(revision + 2n);
    });

    it('refuses an object with a key __proto__, and lists those beside it', async () => {
      const { api, namespace } = fixture;
      const text = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto","labels":{"set":"proto"}},"data":{"__proto__":"x","kept":"y"}}`;
      const body = JSON.parse(text) as JsonObject;
      await expect(
        api.raw('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body }),
      ).rejects.toMatchObject({
        code: 'invalid',
      });
      await api.create(configMaps, configMap(namespace, 'beside', { labels: { set: 'proto' } }));
      await expect(api.get(configMaps, fixture.named('proto'))).rejects.toMatchObject({ code: 'invalid' });
      const { items } = await api.list(configMaps, { namespace, labelSelector: 'set=proto' });
      expect(items.map(({ metadata, data }) => [metadata.name, data])).toEqual([
        ['beside', undefined],
        ['proto', { kept: 'y' }],
      ]);
    });
  });
}
