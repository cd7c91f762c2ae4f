import { groupKindKey, hasCode, TiphysError, type KubeObject, type ResourceKey } from '@tiphys/model';
import type { HostFacts } from '@tiphys/resource-tree';
import type { ApiResource, KubeApi, KubeVersion, Logger } from '@tiphys/ports';
import type { RespectRbac } from '@tiphys/settings';
import { ConnectionDoubt } from './connection-doubt.ts';
import { KindTable, type ResourceFilters } from './kinds.ts';
import { KindWatches } from './kind-watches.ts';
import { LiveIndex } from './live-index.ts';
import { toLiveObject, type LiveObject, type LiveReading } from './live-object.ts';
import { isQuiet } from './quiet-updates.ts';
import { GoneObjects } from './gone-objects.ts';
import { Judgements } from './judgements.ts';
import { Rediscovery } from './rediscovery.ts';
import { SharedRun } from './shared-run.ts';
import type { WatchScope } from './watch-scope.ts';
import { DEFAULT_WRITES, WriteSlots } from './write-slots.ts';

/** What the settings say about how a cluster is viewed. */
export interface ViewSettings extends LiveReading {
  readonly filters: ResourceFilters;
  /** Default: nothing is left out for being forbidden. */
  readonly respectRbac?: RespectRbac;
}

export interface ClusterViewOptions extends ViewSettings {
  readonly api: KubeApi;
  /** Default: the whole cluster. */
  readonly scope?: WatchScope;
  readonly logger: Logger;
  /** Writes under way at once; 0 means no bound. Default 20. */
  readonly parallelWrites?: number;
  /** An object of that Application changed: `root` for one that carries its mark, `child` for one further down. */
  readonly onChange: (instance: string, what: 'root' | 'child') => void;
  /** An object that no other object owns came, went or changed hands in that namespace. */
  readonly onTopLevel?: (namespace: string) => void;
  /** The set of kinds that the cluster serves changed. */
  readonly onKinds: () => void;
  /** The cluster does not answer any more: the view is no longer of use. */
  readonly onLost: (error: unknown) => void;
  /** A watch told of an object of this kind. */
  readonly onEvent?: (kind: ApiResource) => void;
}

/**
 * The live view of one cluster, kept by watches. It is complete once `ready` resolved: every kind was listed or is
 * known to fail. A kind that fails is left out of the view, and only Applications that use it suffer.
 */
export class ClusterView {
  readonly api: KubeApi;
  /** What bounds the writes that are under way at once. */
  readonly writes: WriteSlots;
  readonly #options: ClusterViewOptions;
  readonly #index = new LiveIndex();
  readonly #gone = new GoneObjects();
  readonly #judgements: Judgements;
  readonly #watches: KindWatches;
  readonly #doubt: ConnectionDoubt;
  readonly #rediscovery: Rediscovery;
  readonly #discovery = new SharedRun(() => this.#discover());
  #kinds = new KindTable([]);
  #version: KubeVersion | undefined;
  /** Whether the kinds were discovered and listed for the first time. */
  #isUp = false;

  constructor(options: ClusterViewOptions) {
    this.api = options.api;
    this.#options = options;
    this.#doubt = new ConnectionDoubt({ probe: () => this.api.version(), onLost: options.onLost });
    this.writes = new WriteSlots(options.parallelWrites ?? DEFAULT_WRITES);
    this.#rediscovery = new Rediscovery(() => this.rediscover(), options.logger);
    this.#judgements = new Judgements(options.scripted, this.#index, (object) => this.#tell(object));
    this.#watches = new KindWatches({
      ...options,
      put: (object) => this.#put(object),
      drop: (key) => this.#drop(key),
      known: (resource, namespace) => this.#keysOf(resource, namespace),
      onFailed: (error) => this.#watchFailed(error),
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    });
  }

  get kinds(): KindTable {
    return this.#kinds;
  }

  get objectCount(): number {
    return this.#index.size;
  }

  /** Kinds that are watched. */
  get watchedKinds(): number {
    return this.#watches.size;
  }

  /** `v1.36.3`; `unavailable` before the first connection. */
  get version(): KubeVersion {
    if (this.#version === undefined)
      throw new TiphysError('unavailable', `${this.api.server} has not answered yet`);
    return this.#version;
  }

  get scope(): WatchScope {
    return this.#watches.scope;
  }

  /** Connects, discovers and lists everything. Rejects when the cluster does not answer. */
  async start(): Promise<void> {
    this.#version = await this.api.version();
    await this.rediscover();
    await this.#watches.listed();
    this.#isUp = true;
  }

  /** Asks the cluster which kinds it serves; resolves when `kinds` is as new as this call. */
  rediscover(): Promise<void> {
    return this.#discovery.ask();
  }

  get(key: ResourceKey): LiveObject | undefined {
    return this.#index.get(key);
  }

  managed(instance: string): readonly LiveObject[] {
    return [...this.#index.ofInstance(instance)];
  }

  /** Objects below this one: those that name it as their owner, and those that belong to it without saying so. */
  childrenOf(uid: string): readonly LiveObject[] {
    return [...this.#index.childrenOf(uid)];
  }

  /** True where an object names this one as its owner. */
  hasChildren(uid: string): boolean {
    return this.#index.hasChildren(uid);
  }

  /** Objects of a namespace that no other object owns. */
  topLevelIn(namespace: string): readonly LiveObject[] {
    return [...this.#index.topLevelIn(namespace)];
  }

  hosts(): readonly HostFacts[] {
    return [...this.#index.hosts()].flatMap(({ traits }) => traits?.host ?? []);
  }

  podsOn(node: string): readonly LiveObject[] {
    return [...this.#index.podsOn(node)];
  }

  /** Why objects of this kind are not in the view, or undefined when they are. */
  failureOf(resource: ApiResource): string | undefined {
    return this.#watches.failureOf(resource)?.message;
  }

  /**
   * Why nothing at all can be told of this kind, or undefined. Kinds that the account is meant not to see
   * (`resource.respectRBAC`) are no trouble.
   */
  troubleOf(resource: ApiResource): string | undefined {
    return this.#watches.troubleOf(resource)?.message;
  }

  /** Notes that a deletion was accepted, so that nobody asks for it again before the watch tells the end. */
  expectDeletion(key: ResourceKey, uid: string): void {
    const known = this.#index.get(key);
    if (known?.uid === uid) this.#index.put({ ...known, isTerminating: true });
  }

  /** Takes in what a write returned, so that the view is not behind our own doing. Tells nobody but who lost it. */
  observe(object: KubeObject): void {
    const next = toLiveObject(object, this.#options);
    const before = this.#index.get(next.key);
    if (this.#gone.has(next.uid) || (before !== undefined && !isNewer(next, before))) return;
    this.#index.put(next);
    this.#judgements.begin(object, next, before);
    this.#tellFormerOwner(before, next);
  }

  /** Resolves when the scripts of the settings have said how the objects of an Application are. */
  judged(instance: string): Promise<void> {
    return this.#judgements.ended(instance);
  }

  async close(): Promise<void> {
    this.#doubt.stop();
    this.#rediscovery.stop();
    this.#judgements.stop();
    await this.#watches.stop();
    await this.api.close();
  }

  async #discover(): Promise<void> {
    const { resources, failedGroups } = await this.api.discover();
    if (failedGroups.length > 0)
      this.#options.logger.warn('discovery of some API groups failed', { groups: failedGroups });
    const before = this.#kinds;
    this.#kinds = new KindTable(withFailed(resources, before.resources, failedGroups));
    const gone = await this.#watches.follow(this.#kinds.watchable(this.api.server, this.#options.filters));
    for (const resource of gone) for (const key of this.#keysOf(resource, '')) this.#drop(key);
    if (!before.equals(this.#kinds)) this.#options.onKinds();
  }

  #watchFailed(error: unknown): void {
    // A kind that is gone is told by 404; whether that is so only discovery can tell.
    if (hasCode(error, 'not-found')) this.#rediscovery.ask();
    else if (!hasCode(error, 'permission-denied')) this.#doubt.raise();
  }

  #keysOf(resource: ApiResource, namespace: string): readonly ResourceKey[] {
    const kind = groupKindKey(resource);
    const keys: ResourceKey[] = [];
    for (const { key, ref } of this.#index.values())
      if (groupKindKey(ref) === kind && (namespace === '' || ref.namespace === namespace)) keys.push(key);
    return keys;
  }

  #put(object: KubeObject): void {
    const next = toLiveObject(object, this.#options);
    const before = this.#index.get(next.key);
    if (before !== undefined && !isNewer(next, before)) return;
    this.#index.put(next);
    this.#judgements.begin(object, next, before);
    this.#noteKinds(next);
    this.#tellFormerOwner(before, next);
    if (
      before === undefined ||
      !isQuiet(before, this.#judgements.expected(next, before), this.#options.updates)
    )
      this.#tell(next);
    if (before === undefined || before.instance !== next.instance) this.#tellTopLevel(next);
  }

  /** An object that another Application took over is news to the one that had it. */
  #tellFormerOwner(before: LiveObject | undefined, next: LiveObject): void {
    if (before?.instance !== undefined && before.instance !== next.instance)
      this.#options.onChange(before.instance, 'root');
  }

  #drop(key: ResourceKey): void {
    const before = this.#index.get(key);
    if (before === undefined) return;
    const instance = this.#index.rootInstanceOf(before);
    this.#index.remove(key);
    this.#gone.add(before.uid);
    if (instance !== undefined)
      this.#options.onChange(instance, before.instance === undefined ? 'child' : 'root');
    this.#tellTopLevel(before);
    this.#noteKinds(before);
  }

  #tell(object: LiveObject): void {
    const instance = this.#index.rootInstanceOf(object);
    if (instance !== undefined)
      this.#options.onChange(instance, object.instance === undefined ? 'child' : 'root');
  }

  #tellTopLevel({ ref, owners }: LiveObject): void {
    if (ref.namespace !== '' && owners.length === 0) this.#options.onTopLevel?.(ref.namespace);
  }

  /** What defines kinds comes, changes or goes: discovery follows once the API server has settled. */
  #noteKinds({ ref: { kind } }: LiveObject): void {
    if (!this.#isUp) return;
    if (kind === 'CustomResourceDefinition' || kind === 'APIService') this.#rediscovery.ask();
  }
}

/** Kinds of groups that could not be asked stay: that their server is away does not mean that they are gone. */
function withFailed(
  found: readonly ApiResource[],
  before: readonly ApiResource[],
  failedGroups: readonly string[],
): readonly ApiResource[] {
  if (failedGroups.length === 0) return found;
  const failed = new Set(failedGroups);
  const kept = before.filter(({ group, version }) =>
    failed.has(group === '' ? version : `${group}/${version}`),
  );
  return [...found, ...kept];
}

/** Versions of one object are ordered; those of objects with other uids are not, and the later news wins. */
function isNewer(next: LiveObject, before: LiveObject): boolean {
  if (next.uid !== before.uid) return true;
  const [a, b] = [next.resourceVersion, before.resourceVersion];
  return a.length === b.length ? a > b : a.length > b.length;
}
