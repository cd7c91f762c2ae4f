import { describe, expect, it } from 'vitest';
import type { KubeFixture } from './kube-fixture.ts';
import { configMap, configMaps } from './kube-kinds.ts';

/** Requests with the rights of another user. */
export function identityContract(fixture: KubeFixture): void {
  describe('as another user', () => {
    it('has the rights of that user alone, in reads and writes, and says what the server said', async () => {
      await fixture.create('of-somebody');
      const nobody = fixture.api.as(`system:serviceaccount:${fixture.namespace}:nobody`);
      await expect(nobody.get(configMaps, fixture.named('of-somebody'))).rejects.toMatchObject({
        code: 'permission-denied',
        message: expect.stringContaining(
          `User "system:serviceaccount:${fixture.namespace}:nobody" cannot get resource "configmaps"`,
        ) as unknown,
      });
      await expect(
        nobody.create(configMaps, configMap(fixture.namespace, 'by-nobody')),
      ).rejects.toMatchObject({ code: 'permission-denied' });
      expect(await fixture.read('of-somebody', 'metadata', 'name')).toBe('of-somebody');
    });

    it('closes nothing that it shares', async () => {
      await fixture.api.as('system:serviceaccount:x:y').close();
      await fixture.create('after-close');
      expect(await fixture.read('after-close', 'metadata', 'name')).toBe('after-close');
    });

    it.each(['', ' ', 'a\r\nimpersonate-group: system:masters', 'ä'])('refuses %j for a user', (user) => {
      expect(() => fixture.api.as(user)).toThrow(expect.objectContaining({ code: 'invalid' }));
    });
  });
}
