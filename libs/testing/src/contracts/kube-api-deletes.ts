import { describe, expect, it } from 'vitest';
import { valueAt } from '@tiphys/model';
import type { KubeFixture } from './kube-fixture.ts';
import { configMap, configMaps } from './kube-kinds.ts';

/** Deletes, and requests of any other kind. */
export function deletesContract(fixture: KubeFixture): void {
  deleteAndRaw(fixture);
}

function deleteAndRaw(fixture: KubeFixture): void {
  describe('delete and raw', () => {
    it('deletes', async () => {
      await fixture.create('deleted');
      await fixture.api.delete(configMaps, fixture.named('deleted'));
      await expect(fixture.api.get(configMaps, fixture.named('deleted'))).rejects.toMatchObject({
        code: 'not-found',
      });
      await expect(fixture.api.delete(configMaps, fixture.named('deleted'))).rejects.toMatchObject({
        code: 'not-found',
      });
    });

    it('deletes only the object that was meant', async () => {
      const created = await fixture.create('guarded');
      const { uid = '', resourceVersion = '' } = created.metadata;
      const remove = (options: { uid?: string; resourceVersion?: string }): Promise<void> =>
        fixture.api.delete(configMaps, fixture.named('guarded'), options);
      await expect(remove({ uid: '00000000-0000-0000-0000-000000000000' })).rejects.toMatchObject({
        code: 'conflict',
      });
      await fixture.api.replace(configMaps, { ...created, data: { changed: 'yes' } });
      await expect(remove({ uid, resourceVersion })).rejects.toMatchObject({ code: 'conflict' });
      await remove({ uid });
      await expect(fixture.read('guarded')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('keeps a finalizer in charge, whatever the propagation', async () => {
      const { api, namespace } = fixture;
      const object = configMap(namespace, 'held');
      const metadata = { ...object.metadata, finalizers: ['example.org/hold'] };
      await api.create(configMaps, { ...object, metadata });
      await api.delete(configMaps, fixture.named('held'), { propagation: 'Foreground' });
      expect(await fixture.read('held', 'metadata', 'deletionTimestamp')).toEqual(expect.any(String));
      await api.patch(configMaps, fixture.named('held'), {
        type: 'merge',
        body: { metadata: { finalizers: null } },
      });
      await expect(fixture.read('held')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('sends any other request', async () => {
      const { api, namespace } = fixture;
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'by-hand' } };
      await api.raw('POST', path, { body });
      const contentType = 'application/merge-patch+json';
      await api.raw('PATCH', `${path}/by-hand`, { body: { data: { a: '1' } }, contentType });
      expect(valueAt(await api.raw('GET', `${path}/by-hand`), 'data')).toEqual({ a: '1' });
      await expect(api.raw('GET', '/no/such/path')).rejects.toMatchObject({ code: 'not-found' });
    });

    it('gives up when told', async () => {
      const stop = new AbortController();
      const path = `/api/v1/namespaces/${fixture.namespace}/configmaps?watch=true`;
      const call = fixture.api.raw('GET', path, { signal: stop.signal });
      stop.abort();
      await expect(call).rejects.toMatchObject({ code: 'canceled' });
    });
  });
}
