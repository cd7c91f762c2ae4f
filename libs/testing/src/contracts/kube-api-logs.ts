import { describe, expect, it } from 'vitest';
import type { KubeFixture } from './kube-fixture.ts';

/** Logs, as far as an API server without nodes has them. */
export function logsContract(fixture: KubeFixture): void {
  describe('logs of pods', () => {
    it('of a pod that is not there are refused with the words of the server', async () => {
      await expect(fixture.api.podLog(fixture.named('nobody'))).rejects.toMatchObject({
        code: 'not-found',
        message: 'pods "nobody" not found',
      });
    });

    it.each(['../secrets', 'a/b', ''])('refuse %j as a name', async (name) => {
      await expect(fixture.api.podLog(fixture.named(name))).rejects.toMatchObject({ code: 'invalid' });
    });
  });
}
