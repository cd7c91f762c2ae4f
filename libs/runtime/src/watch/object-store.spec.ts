import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import type { KubeApi, Logger, ReflectorEvent } from '@tiphys/ports';
import { ownKinds } from './own-kinds.ts';
import { ObjectStore, compareVersions, type ObjectStoreOptions } from './object-store.ts';

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => logger,
};
const object = (name: string, resourceVersion: string, uid = name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name, namespace: 'n', uid, resourceVersion },
});

function storeWith(options: Partial<ObjectStoreOptions> = {}): {
  store: ObjectStore;
  tell: (event: ReflectorEvent) => void;
  changes: string[];
} {
  let tell: (event: ReflectorEvent) => void = () => undefined;
  const api = {
    reflect: (_kind: unknown, _selector: unknown, listener: typeof tell) => (
      (tell = listener),
      { stop: () => Promise.resolve() }
    ),
  } as unknown as KubeApi;
  const store = new ObjectStore({ api, resource: ownKinds.configMap, selector: {}, logger, ...options });
  const changes: string[] = [];
  store.subscribe(({ type, object: { metadata } }) =>
    changes.push(`${type} ${metadata.name}@${metadata.resourceVersion}`),
  );
  void store.start();
  return { store, tell: (event) => tell(event), changes };
}

describe('ObjectStore', () => {
  it('tells each version once and never goes back', () => {
    const { store, tell, changes } = storeWith();
    tell({ type: 'upsert', object: object('a', '9') });
    tell({ type: 'upsert', object: object('a', '10') });
    tell({ type: 'upsert', object: object('a', '9') });
    store.observe(object('a', '11'));
    tell({ type: 'upsert', object: object('a', '11') });
    expect(changes).toEqual(['ADDED a@9', 'MODIFIED a@10', 'MODIFIED a@11']);
    expect([store.resourceVersion, store.changes]).toEqual(['11', 3]);
  });

  it('drops what a new listing lacks, once it is complete', () => {
    const { store, tell, changes } = storeWith();
    tell({ type: 'upsert', object: object('a', '1') });
    tell({ type: 'upsert', object: object('b', '2') });
    expect(store.isSynced).toBe(false);
    tell({ type: 'synced' });
    tell({ type: 'reset' });
    tell({ type: 'upsert', object: object('b', '2') });
    expect(store.get('n', 'a')).toBeDefined();
    tell({ type: 'synced' });
    expect([store.get('n', 'a'), changes.at(-1), store.isSynced]).toEqual([undefined, 'DELETED a@1', true]);
  });

  it('takes only what it accepts', () => {
    const { store, tell, changes } = storeWith({ accepts: ({ metadata }) => metadata.name !== 'b' });
    tell({ type: 'upsert', object: object('a', '1') });
    tell({ type: 'upsert', object: object('b', '2') });
    tell({ type: 'delete', object: object('b', '3') });
    expect([[...store.values()].length, changes]).toEqual([1, ['ADDED a@1']]);
  });

  it('is not confused by the late end of an object whose name was used again', () => {
    const { store, tell } = storeWith();
    tell({ type: 'upsert', object: object('a', '1', 'old') });
    store.observe(object('a', '5', 'new'));
    tell({ type: 'delete', object: object('a', '4', 'old') });
    expect(store.get('n', 'a')?.metadata.uid).toBe('new');
  });
});

describe('compareVersions', () => {
  it.each([
    ['9', '10', -1],
    ['10', '9', 1],
    ['10', '10', 0],
    ['99999999999999999999', '100000000000000000000', -1],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
