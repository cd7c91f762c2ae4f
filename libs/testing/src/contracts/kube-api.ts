import { afterAll, beforeAll, describe } from 'vitest';
import type { KubeApi } from '@tiphys/ports';
import { deletesContract } from './kube-api-deletes.ts';
import { identityContract } from './kube-api-identity.ts';
import { linksContract } from './kube-api-links.ts';
import { logsContract } from './kube-api-logs.ts';
import { readsContract } from './kube-api-reads.ts';
import { viewsContract } from './kube-api-views.ts';
import { writesContract } from './kube-api-writes.ts';
import { KubeFixture } from './kube-fixture.ts';

export interface KubeApiUnderTest {
  /** Over a link that can be broken. */
  readonly api: KubeApi;
  readonly link: { cut(): void; mute(): void; heal(): void };
  /** The same cluster over a link of its own. */
  readonly other: KubeApi;
  /** An empty namespace. */
  readonly namespace: string;
  /** Ends the API server at once and starts it again; versions of before are then too old to resume from. */
  restartServer(): Promise<void>;
  close(): Promise<void>;
}

/**
 * What every KubeApi must do. `start` makes a client with reflectors that notice a silence of 2 s and come back
 * within a second, so that the suite takes seconds.
 */
export function kubeApiContract(name: string, start: () => Promise<KubeApiUnderTest>): void {
  describe(`KubeApi contract: ${name}`, () => {
    let subject: KubeApiUnderTest | undefined;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject?.close());
    const fixture = new KubeFixture(() => {
      if (subject === undefined) throw new Error('the subject did not start');
      return subject;
    });
    readsContract(fixture);
    writesContract(fixture);
    deletesContract(fixture);
    identityContract(fixture);
    viewsContract(fixture);
    logsContract(fixture);
    linksContract(fixture);
  });
}
