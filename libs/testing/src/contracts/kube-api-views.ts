import { afterEach, describe, expect, it } from 'vitest';
import type { KubeFixture } from './kube-fixture.ts';

/** Views of kinds: the listing, then the watch. */
export function viewsContract(fixture: KubeFixture): void {
  afterEach(() => fixture.stopViews());
  aView(fixture);
}

function aView(fixture: KubeFixture): void {
  describe('a view', () => {
    it('holds what exists, then follows create, update and delete in order', async () => {
      await fixture.put('watch-old', 'watch', { v: '0' });
      const one = fixture.view({ labelSelector: 'set=watch' });
      await one.synced();
      expect(one.story).toEqual(['reset', 'upsert watch-old', 'synced']);
      await fixture.put('watch-new', 'watch', { v: '1' });
      await fixture.change('watch-new', { data: { v: '2' } });
      await fixture.remove('watch-new');
      await one.until('the deletion is seen', () => one.count('delete') === 1);
      expect(one.story.slice(3)).toEqual(['upsert watch-new', 'upsert watch-new', 'delete watch-new']);
      expect([...one.objects.keys()]).toEqual(['watch-old']);
    });

    it('is complete at once where nothing exists', async () => {
      const one = fixture.view({ labelSelector: 'set=nothing' });
      await one.synced();
      expect(one.story).toEqual(['reset', 'synced']);
    });

    it('gives objects their kind', async () => {
      await fixture.put('kind-of', 'kind');
      const one = fixture.view({ labelSelector: 'set=kind' });
      await one.synced();
      expect(one.objects.get('kind-of')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    });

    it('loses an object that leaves the selection', async () => {
      await fixture.put('leaving', 'leave');
      const one = fixture.view({ labelSelector: 'set=leave' });
      await one.synced();
      await fixture.change('leaving', { metadata: { labels: { set: 'left' } } });
      await one.until('it is gone', () => one.objects.size === 0);
      expect(one.story.at(-1)).toBe('delete leaving');
    });

    it('tells nothing after it was stopped', async () => {
      const one = fixture.view({ labelSelector: 'set=stopped' });
      const witness = fixture.view({ labelSelector: 'set=stopped' });
      await Promise.all([one.synced(), witness.synced()]);
      await one.stop();
      const before = one.story.length;
      await fixture.put('late', 'stopped');
      await witness.until('the other view sees it', () => witness.objects.has('late'));
      expect(one.story).toHaveLength(before);
    });

    it('survives an object with a key __proto__', async () => {
      const one = fixture.view({ labelSelector: 'set=view-proto' });
      await one.synced();
      const odd = JSON.parse('{"__proto__":"x","kept":"y"}') as Record<string, string>;
      // It is created, and the answer, which holds the key, is refused.
      await expect(fixture.put('view-proto', 'view-proto', odd)).rejects.toMatchObject({ code: 'invalid' });
      await fixture.put('view-after', 'view-proto');
      await one.until('the next object is seen', () => one.objects.has('view-after'));
      expect(one.valueOf('view-proto', 'data')).toEqual({ kept: 'y' });
    });
  });
}
