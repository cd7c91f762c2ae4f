import type { OwnerReference, ResourceKey } from '@tiphys/model';
import type { LiveObject } from './live-object.ts';

const MAX_DEPTH = 16;

/** The objects of one cluster, found by key, by Application and by owner. */
export class LiveIndex {
  readonly #byKey = new Map<ResourceKey, LiveObject>();
  readonly #byUid = new Map<string, LiveObject>();
  readonly #byInstance = new Map<string, Map<ResourceKey, LiveObject>>();
  readonly #byOwner = new Map<string, Map<ResourceKey, LiveObject>>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: ResourceKey): LiveObject | undefined {
    return this.#byKey.get(key);
  }

  /** Objects that carry the mark of this Application. */
  ofInstance(instance: string): Iterable<LiveObject> {
    return this.#byInstance.get(instance)?.values() ?? [];
  }

  childrenOf(uid: string): Iterable<LiveObject> {
    return this.#byOwner.get(uid)?.values() ?? [];
  }

  hasChildren(uid: string): boolean {
    return (this.#byOwner.get(uid)?.size ?? 0) > 0;
  }

  values(): Iterable<LiveObject> {
    return this.#byKey.values();
  }

  put(object: LiveObject): void {
    this.remove(object.key);
    this.#byKey.set(object.key, object);
    if (object.uid !== '') this.#byUid.set(object.uid, object);
    if (object.instance !== undefined) addTo(this.#byInstance, object.instance, object);
    for (const owner of object.owners) addTo(this.#byOwner, owner.uid, object);
  }

  remove(key: ResourceKey): LiveObject | undefined {
    const before = this.#byKey.get(key);
    if (before === undefined) return undefined;
    this.#byKey.delete(key);
    if (this.#byUid.get(before.uid) === before) this.#byUid.delete(before.uid);
    if (before.instance !== undefined) removeFrom(this.#byInstance, before.instance, key);
    for (const owner of before.owners) removeFrom(this.#byOwner, owner.uid, key);
    return before;
  }

  /** The Application at the root of an object's owners, or undefined. */
  rootInstanceOf(object: LiveObject): string | undefined {
    let current: LiveObject | undefined = object;
    for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth += 1) {
      if (current.instance !== undefined) return current.instance;
      const owner: OwnerReference | undefined = current.owners.find(({ uid }) => this.#byUid.has(uid));
      current = owner === undefined ? undefined : this.#byUid.get(owner.uid);
    }
    return undefined;
  }
}

function addTo(index: Map<string, Map<ResourceKey, LiveObject>>, name: string, object: LiveObject): void {
  const entry = index.get(name);
  if (entry === undefined) index.set(name, new Map([[object.key, object]]));
  else entry.set(object.key, object);
}

function removeFrom(index: Map<string, Map<ResourceKey, LiveObject>>, name: string, key: ResourceKey): void {
  const entry = index.get(name);
  if (entry === undefined) return;
  entry.delete(key);
  if (entry.size === 0) index.delete(name);
}
