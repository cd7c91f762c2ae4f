import { afterEach, describe, expect, it } from 'vitest';
import type { KubeFixture } from './kube-fixture.ts';
import { customResourceDefinitions, shipDefinition, ships } from './kube-kinds.ts';

/** What breaks a view, and how it mends. */
export function linksContract(fixture: KubeFixture): void {
  afterEach(() => fixture.stopViews());
  aBrokenLink(fixture);
  aDeadKind(fixture);
}

function aBrokenLink(fixture: KubeFixture): void {
  describe('a broken link', () => {
    it('resumes without a new listing and misses nothing', async () => {
      await fixture.put('cut-kept', 'cut');
      await fixture.put('cut-deleted', 'cut');
      const one = fixture.view({ labelSelector: 'set=cut' });
      await one.synced();
      fixture.link.cut();
      await one.until('the failure is told', () => one.count('failed') > 0);
      await fixture.change('cut-kept', { data: { v: '2' } });
      await fixture.remove('cut-deleted');
      fixture.link.heal();
      await one.until(
        'it is complete again',
        () => one.story.lastIndexOf('synced') > one.story.lastIndexOf('failed'),
      );
      await one.until(
        'all is seen',
        () => one.valueOf('cut-kept', 'data', 'v') === '2' && one.objects.size === 1,
      );
      expect(one.count('reset')).toBe(1);
      expect(one.count('delete')).toBe(1);
    });

    it('notices a silence by itself', async () => {
      const one = fixture.view({ labelSelector: 'set=mute' });
      await one.synced();
      fixture.link.mute();
      await fixture.put('muted', 'mute');
      // Healing lets new connections through; the muted ones have lost bytes and stay useless.
      await one.until('the watch was given up', () => one.count('failed') > 0 || one.objects.size > 0);
      fixture.link.heal();
      await one.until('the object is seen', () => one.objects.has('muted'));
    });

    it('lists anew when its version has expired', async () => {
      await fixture.put('expired-kept', 'expired');
      await fixture.put('expired-deleted', 'expired');
      const one = fixture.view({ labelSelector: 'set=expired' });
      await one.synced();
      fixture.link.cut();
      await fixture.remove('expired-deleted');
      await fixture.put('expired-new', 'expired');
      await fixture.restartServer();
      // The restarted server knows versions from its start on; this makes one that is newer than ours.
      await fixture.put('expired-newer', 'expired');
      fixture.link.heal();
      await one.until('the new object is seen', () => one.objects.has('expired-newer'));
      await one.until(
        'it is complete',
        () => one.story.lastIndexOf('synced') > one.story.lastIndexOf('reset'),
      );
      expect([...one.objects.keys()].toSorted()).toEqual(['expired-kept', 'expired-new', 'expired-newer']);
      expect(one.count('reset')).toBe(2);
    });

    it('outlives a restart of the server', async () => {
      await fixture.put('restart-1', 'restart');
      const one = fixture.view({ labelSelector: 'set=restart' });
      await one.synced();
      await fixture.restartServer();
      await fixture.put('restart-2', 'restart');
      await fixture.remove('restart-1');
      await one.until(
        'the world of now is seen',
        () => one.objects.has('restart-2') && !one.objects.has('restart-1'),
      );
    });
  });
}

function aDeadKind(fixture: KubeFixture): void {
  describe('a dead kind', () => {
    it('fails alone, and comes to life when it is served', async () => {
      const { other, namespace } = fixture;
      const dead = fixture.view({}, ships);
      const alive = fixture.view({ labelSelector: 'set=alive' });
      await dead.until('the failure is told', () => dead.count('failed') > 0);
      expect(dead.count('synced')).toBe(0);
      await alive.synced();
      await fixture.put('alive', 'alive');
      await alive.until('the other view goes on', () => alive.objects.has('alive'));
      await other.create(customResourceDefinitions, shipDefinition);
      await dead.until('it is complete', () => dead.count('synced') > 0);
      const ship = {
        apiVersion: 'harbour.example.org/v1',
        kind: 'Ship',
        metadata: { name: 'argo', namespace },
      };
      await other.create(ships, ship);
      await dead.until('the ship is seen', () => dead.objects.has('argo'));
    });
  });
}
