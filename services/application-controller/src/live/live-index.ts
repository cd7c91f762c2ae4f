import { keyOf, type OwnerReference, type ResourceKey } from '@tiphys/model';
import { isClaimOf, type ImpliedOwner } from '@tiphys/resource-tree';
import type { LiveObject } from './live-object.ts';

const MAX_DEPTH = 16;

type Objects = Map<ResourceKey, LiveObject>;

/** The objects of one cluster, found by key, by Application, by owner and, where no other object owns them, by namespace. */
export class LiveIndex {
  readonly #byKey: Objects = new Map();
  readonly #byUid = new Map<string, LiveObject>();
  readonly #byInstance = new Map<string, Objects>();
  readonly #byOwner = new Map<string, Objects>();
  /** Under the key of the owner, as such objects name no uid. */
  readonly #byImpliedOwner = new Map<string, Objects>();
  readonly #topLevel = new Map<string, Objects>();
  readonly #hosts: Objects = new Map();
  /** Pods by the name of their node. */
  readonly #byNode = new Map<string, Objects>();

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

  /** Objects that name this one as their owner, and those that belong to it without saying so. */
  *childrenOf(uid: string): Iterable<LiveObject> {
    yield* this.#byOwner.get(uid)?.values() ?? [];
    const owner = this.#byUid.get(uid);
    if (owner === undefined) return;
    for (const child of this.#byImpliedOwner.get(owner.key)?.values() ?? [])
      if (isImpliedBy(child, owner)) yield child;
  }

  /** True where an object names this one as its owner. */
  hasChildren(uid: string): boolean {
    return (this.#byOwner.get(uid)?.size ?? 0) > 0;
  }

  /** Objects of a namespace that no other object owns. */
  *topLevelIn(namespace: string): Iterable<LiveObject> {
    for (const object of this.#topLevel.get(namespace)?.values() ?? [])
      if (this.#impliedOwnerOf(object) === undefined) yield object;
  }

  /** The nodes. */
  hosts(): Iterable<LiveObject> {
    return this.#hosts.values();
  }

  /** Pods that take something of a node. */
  podsOn(node: string): Iterable<LiveObject> {
    return this.#byNode.get(node)?.values() ?? [];
  }

  values(): Iterable<LiveObject> {
    return this.#byKey.values();
  }

  put(object: LiveObject): void {
    this.remove(object.key);
    this.#byKey.set(object.key, object);
    if (object.uid !== '') this.#byUid.set(object.uid, object);
    if (object.instance !== undefined) addTo(this.#byInstance, object.instance, object);
    if (isTopLevel(object)) addTo(this.#topLevel, object.ref.namespace, object);
    for (const owner of object.owners) addTo(this.#byOwner, owner.uid, object);
    for (const owner of impliedKeys(object)) addTo(this.#byImpliedOwner, owner, object);
    if (object.traits?.host !== undefined) this.#hosts.set(object.key, object);
    if (object.traits?.pod !== undefined) addTo(this.#byNode, object.traits.pod.node, object);
  }

  remove(key: ResourceKey): LiveObject | undefined {
    const before = this.#byKey.get(key);
    if (before === undefined) return undefined;
    this.#byKey.delete(key);
    if (this.#byUid.get(before.uid) === before) this.#byUid.delete(before.uid);
    if (before.instance !== undefined) removeFrom(this.#byInstance, before.instance, key);
    if (isTopLevel(before)) removeFrom(this.#topLevel, before.ref.namespace, key);
    for (const owner of before.owners) removeFrom(this.#byOwner, owner.uid, key);
    for (const owner of impliedKeys(before)) removeFrom(this.#byImpliedOwner, owner, key);
    this.#hosts.delete(key);
    if (before.traits?.pod !== undefined) removeFrom(this.#byNode, before.traits.pod.node, key);
    return before;
  }

  /** The Application at the root of an object's owners, or undefined. */
  rootInstanceOf(object: LiveObject): string | undefined {
    let current: LiveObject | undefined = object;
    for (let depth = 0; current !== undefined && depth < MAX_DEPTH; depth += 1) {
      if (current.instance !== undefined) return current.instance;
      const owner: OwnerReference | undefined = current.owners.find(({ uid }) => this.#byUid.has(uid));
      current = owner === undefined ? this.#impliedOwnerOf(current) : this.#byUid.get(owner.uid);
    }
    return undefined;
  }

  #impliedOwnerOf(object: LiveObject): LiveObject | undefined {
    return (object.traits?.impliedOwners ?? [])
      .map((owner) => this.#byKey.get(keyIn(owner, object)))
      .find((owner) => owner !== undefined && isImpliedBy(object, owner));
  }
}

const isTopLevel = (object: LiveObject): boolean => object.ref.namespace !== '' && object.owners.length === 0;

const keyIn = (owner: ImpliedOwner, { ref }: LiveObject): ResourceKey =>
  keyOf({ ...owner, namespace: ref.namespace });

const impliedKeys = (object: LiveObject): readonly ResourceKey[] =>
  (object.traits?.impliedOwners ?? []).map((owner) => keyIn(owner, object));

/** A claim is named after its StatefulSet; that set must have such a template. */
const isImpliedBy = (child: LiveObject, owner: LiveObject): boolean =>
  child.ref.kind !== 'PersistentVolumeClaim' ||
  isClaimOf(child.ref.name, owner.ref.name, owner.traits?.claimTemplates ?? []);

function addTo(index: Map<string, Objects>, name: string, object: LiveObject): void {
  const entry = index.get(name);
  if (entry === undefined) index.set(name, new Map([[object.key, object]]));
  else entry.set(object.key, object);
}

function removeFrom(index: Map<string, Objects>, name: string, key: ResourceKey): void {
  const entry = index.get(name);
  if (entry === undefined) return;
  entry.delete(key);
  if (entry.size === 0) index.delete(name);
}
