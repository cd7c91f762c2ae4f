import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, asJson, refOf, stringAt, type KubeObject } from '@tiphys/model';
import { kindsOfCrd } from '@tiphys/sync-plan';
import type { WriteGateway } from '../write-gateway.ts';

/** So long a new kind may take to be served before the sync goes on without. */
const SERVED_WITHIN_MS = 15_000;
const LOOK_MS = 100;

/**
 * Waits until the kinds of a CRD that was just applied are established and discovered, so that their objects can be
 * applied next. Nothing is asked where they are known already. After 15 s it gives up: the objects will tell.
 */
export async function awaitKinds(crd: KubeObject, gateway: WriteGateway): Promise<void> {
  const kinds = kindsOfCrd(crd);
  const isKnown = (): boolean => kinds.every((kind) => gateway.knowsKind(kind));
  const until = performance.now() + SERVED_WITHIN_MS;
  let established = false;
  while (!isKnown() && performance.now() < until) {
    established ||= isEstablished(await gateway.get(crd, refOf(crd)));
    if (established) await gateway.discover();
    if (!isKnown()) await sleep(LOOK_MS);
  }
}

const isEstablished = (crd: KubeObject): boolean =>
  arrayAt(asJson(crd), 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True',
  );
