import { createHash, randomUUID } from 'node:crypto';
import { stringifyJson } from '@tiphys/yaml';
import type { Application, JsonValue, KubeObject } from '@tiphys/model';
import type { Cache, Logger, PubSub } from '@tiphys/ports';
import { maskSecrets } from '@tiphys/diff';
import type { Compared } from '../compare/compare.ts';
import type { AppContext } from '../compare/desired.ts';
import type { LiveObject } from '../live/live-object.ts';
import { TimeSlice } from '../compare/time-slice.ts';
import { buildTree } from '../live/resource-tree.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';

/** How long a published tree lives when nothing refreshes it. */
const TTL_MS = 3_600_000;
/** How often it is asked whether what was published is still there. */
const CHECK_MS = 5_000;

export interface PublisherOptions {
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly logger: Logger;
  /** Annotations of Secrets that are masked too; the same list for as long as it holds. */
  readonly maskAnnotations?: () => readonly string[];
}

const none: readonly string[] = [];

interface KnownText {
  readonly live: KubeObject | undefined;
  readonly target: KubeObject | undefined;
  readonly masks: readonly string[];
  readonly text: string;
}

/** What a look saw of an Application. */
export interface Picture {
  readonly objects: readonly Compared[];
  /** What lives in its namespace and belongs to nobody. */
  readonly orphans: readonly LiveObject[];
}

/**
 * Puts the resource tree and the managed objects of Applications where the API server reads them (wire/cache.md). The
 * cache may lose all of it at any moment; a mark beside it, gone with it, tells so, and everything is published again.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #markKey = `app|published|${randomUUID()}`;
  /** The mark of now; what was published under another one counts as lost. */
  #mark = '';
  /** What was published meanwhile may never have arrived. */
  #wasAway = true;
  #timer: NodeJS.Timeout | undefined;
  /** By what a comparison found, which lives as long as it holds. */
  readonly #texts = new WeakMap<object, KnownText>();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Watches over what was published; `onLost` has to bring a new look at every Application. */
  async watch(onLost: () => void): Promise<void> {
    await this.#renewMark();
    this.#timer = setInterval(() => {
      void this.#renewMark().then((isNew) => {
        if (isNew) onLost();
      });
    }, CHECK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Publishes what changed since the last time. Secret data is masked before it leaves. */
  async publish(context: AppContext, picture: Picture, memory: AppMemory): Promise<void> {
    const name = context.instance;
    try {
      const tree = stringifyJson(treeOf(context, picture) as unknown as JsonValue);
      const resources = await this.#resources(picture.objects);
      const mark = this.#mark;
      const [treeDigest, resourcesDigest] = [mark + digest(tree), mark + digest(resources)];
      if (treeDigest === memory.publishedTree && resourcesDigest === memory.publishedResources) return;
      await this.#options.cache.set(`app|resources-tree|${name}`, tree, TTL_MS);
      if (resourcesDigest !== memory.publishedResources)
        await this.#options.cache.set(`app|managed-resources|${name}`, resources, TTL_MS);
      memory.publishedTree = treeDigest;
      memory.publishedResources = resourcesDigest;
      await this.#options.pubSub.publish(`app|managed-resources|${name}`, '');
    } catch (error) {
      this.#options.logger.debug('tree not published', { app: name, error });
    }
  }

  /** The managed objects as one text; of those that are as they were the text is kept. Gives way in between. */
  async #resources(objects: readonly Compared[]): Promise<string> {
    const masks = this.#options.maskAnnotations?.() ?? none;
    const slice = new TimeSlice();
    const texts: string[] = [];
    for (const compared of objects) {
      texts.push(this.#textOf(compared, masks));
      if (slice.isSpent) await slice.rest();
    }
    return `[${texts.join(',')}]`;
  }

  #textOf(compared: Compared, masks: readonly string[]): string {
    const { pair, diff } = compared;
    const known = diff === undefined ? undefined : this.#texts.get(diff);
    const isKept =
      known !== undefined &&
      known.live === pair.live &&
      known.target === pair.target &&
      known.masks === masks;
    if (isKept) return known.text;
    const text = stringifyJson(managedResource(compared, masks));
    if (diff !== undefined) this.#texts.set(diff, { live: pair.live, target: pair.target, masks, text });
    return text;
  }

  /** True where the mark was gone and a new one is there. A cache that is away holds none and tells nothing. */
  async #renewMark(): Promise<boolean> {
    const { cache, logger } = this.#options;
    try {
      if (!this.#wasAway && (await cache.get(this.#markKey)) === this.#mark) return false;
      const mark = randomUUID();
      // It ends before what it stands for does.
      await cache.set(this.#markKey, mark, TTL_MS / 2);
      this.#wasAway = (await cache.get(this.#markKey)) !== mark;
      if (!this.#wasAway) this.#mark = mark;
      return !this.#wasAway;
    } catch (error) {
      logger.debug('the cache cannot be asked', { error });
      return false;
    }
  }

  async forget(app: Application, instance: string): Promise<void> {
    try {
      await this.#options.cache.delete(`app|resources-tree|${instance}`, `app|managed-resources|${instance}`);
    } catch (error) {
      this.#options.logger.debug('tree not withdrawn', { app: app.metadata.name, error });
    }
  }
}

function treeOf({ view, instance }: AppContext, { objects, orphans }: Picture) {
  const targets = objects.filter(({ pair }) => pair.target !== undefined);
  const missing = targets.filter(({ pair }) => pair.live === undefined).map(({ pair }) => pair);
  const wanted = targets.map(({ pair }) => view.get(pair.key)).filter((object) => object !== undefined);
  const roots = new Map([...view.managed(instance), ...wanted].map((object) => [object.key, object]));
  return buildTree(view, { roots: [...roots.values()], missing, orphans });
}

const digest = (text: string): string => createHash('sha1').update(text).digest('base64');

/** One managed object in the JSON form of the public API: states as JSON text, `null` where there is none. */
function managedResource(
  { pair, diff }: Compared,
  maskAnnotations: readonly string[],
): Record<string, JsonValue> {
  const masked = maskSecrets(
    {
      target: pair.target,
      live: pair.live,
      normalizedLive: diff?.normalizedLive,
      predictedLive: diff?.predictedLive,
    },
    { annotations: maskAnnotations },
  );
  return {
    ...(pair.ref.group === '' ? {} : { group: pair.ref.group }),
    kind: pair.ref.kind,
    ...(pair.ref.namespace === '' ? {} : { namespace: pair.ref.namespace }),
    name: pair.ref.name,
    targetState: stateText(masked.target),
    liveState: stateText(masked.live),
    normalizedLiveState: stateText(masked.normalizedLive ?? masked.live),
    predictedLiveState: stateText(masked.predictedLive ?? masked.target),
    ...(pair.live?.metadata.resourceVersion === undefined
      ? {}
      : { resourceVersion: pair.live.metadata.resourceVersion }),
    ...(diff?.synced === true ? {} : { modified: true }),
  };
}

const stateText = (object: KubeObject | undefined): string =>
  object === undefined ? 'null' : stringifyJson(withoutManagedFields(object) as unknown as JsonValue);

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata };
}
