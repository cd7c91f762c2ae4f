import { createHash } from 'node:crypto';
import { stringifyJson } from '@tiphys/yaml';
import type { Application, JsonValue, KubeObject } from '@tiphys/model';
import type { Cache, Logger, PubSub } from '@tiphys/ports';
import { maskSecrets } from '@tiphys/diff';
import type { Compared } from '../compare/compare.ts';
import type { AppContext } from '../compare/desired.ts';
import { buildTree } from '../live/resource-tree.ts';
import type { AppMemory } from '../reconcile/app-memory.ts';

/** How long a published tree lives when nothing refreshes it. */
const TTL_MS = 3_600_000;

export interface PublisherOptions {
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly logger: Logger;
}

/**
 * Puts the resource tree and the managed objects of Applications where the API server reads them (wire/cache.md). It
 * is best effort: what is lost is published again at the next look.
 */
export class Publisher {
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes what changed since the last time. Secret data is masked before it leaves. */
  async publish(context: AppContext, objects: readonly Compared[], memory: AppMemory): Promise<void> {
    const name = context.instance;
    try {
      const tree = stringifyJson(treeOf(context, objects) as unknown as JsonValue);
      const resources = stringifyJson(objects.map(managedResource));
      const [treeDigest, resourcesDigest] = [digest(tree), digest(resources)];
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

  async forget(app: Application, instance: string): Promise<void> {
    try {
      await this.#options.cache.delete(`app|resources-tree|${instance}`, `app|managed-resources|${instance}`);
    } catch (error) {
      this.#options.logger.debug('tree not withdrawn', { app: app.metadata.name, error });
    }
  }
}

function treeOf({ view, instance }: AppContext, objects: readonly Compared[]) {
  const targets = objects.filter(({ pair }) => pair.target !== undefined);
  const missing = targets.filter(({ pair }) => pair.live === undefined).map(({ pair }) => pair);
  const wanted = targets.map(({ pair }) => view.get(pair.key)).filter((object) => object !== undefined);
  const roots = new Map([...view.managed(instance), ...wanted].map((object) => [object.key, object]));
  return buildTree(view, [...roots.values()], missing);
}

const digest = (text: string): string => createHash('sha1').update(text).digest('base64');

/** One managed object in the JSON form of the public API: states as JSON text, `null` where there is none. */
function managedResource({ pair, diff }: Compared): Record<string, JsonValue> {
  const masked = maskSecrets({
    target: pair.target,
    live: pair.live,
    normalizedLive: diff?.normalizedLive,
    predictedLive: diff?.predictedLive,
  });
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
