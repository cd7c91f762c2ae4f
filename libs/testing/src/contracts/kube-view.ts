import { valueAt, asJson } from '@tiphys/model';
import type { JsonValue, KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, ReflectorEvent, Selector } from '@tiphys/ports';
import { poll } from '../processes/index.ts';

/** What a consumer of a reflector holds, built as the port tells it to. */
export class KubeView {
  readonly objects = new Map<string, KubeObject>();
  /** `type` of each event, `type name` for objects. */
  readonly story: string[] = [];
  readonly #seen = new Set<string>();
  #listing = false;
  #stop: (() => Promise<void>) | undefined;

  static start(api: KubeApi, resource: ApiResource, selector: Selector = {}): KubeView {
    const view = new KubeView();
    const reflector = api.reflect(resource, selector, (event) => view.#take(event));
    view.#stop = () => reflector.stop();
    return view;
  }

  async stop(): Promise<void> {
    await this.#stop?.();
  }

  count(type: ReflectorEvent['type']): number {
    return this.story.filter((entry) => entry.split(' ', 1)[0] === type).length;
  }

  /** Waits for the first complete view. */
  synced(): Promise<void> {
    return this.until('the view is complete', () => this.count('synced') > 0);
  }

  valueOf(name: string, ...path: readonly string[]): JsonValue | undefined {
    const object = this.objects.get(name);
    return object === undefined ? undefined : valueAt(asJson(object), ...path);
  }

  /** Waits until the view is so; the error tells the story so far. */
  async until(what: string, isSo: (view: KubeView) => boolean): Promise<void> {
    try {
      await poll(() => isSo(this), { what, timeoutMs: 40_000, intervalMs: 10 });
    } catch (error) {
      throw new Error(`${what}; so far: ${this.story.slice(-20).join(', ')}`, { cause: error });
    }
  }

  #take(event: ReflectorEvent): void {
    switch (event.type) {
      case 'reset':
        this.#listing = true;
        this.#seen.clear();
        break;
      case 'upsert':
        this.objects.set(nameOf(event.object), event.object);
        if (this.#listing) this.#seen.add(nameOf(event.object));
        break;
      case 'delete':
        this.objects.delete(nameOf(event.object));
        break;
      case 'synced':
        if (this.#listing) this.#sweep();
        break;
      case 'failed':
        break;
    }
    this.story.push('object' in event ? `${event.type} ${nameOf(event.object)}` : event.type);
  }

  #sweep(): void {
    this.#listing = false;
    for (const name of this.objects.keys()) if (!this.#seen.has(name)) this.objects.delete(name);
  }
}

const nameOf = (object: KubeObject): string => object.metadata.name ?? '';
