import { asJson, valueAt } from '@tiphys/model';
import type { JsonObject, JsonValue, KubeObject } from '@tiphys/model';
import type { ApiResource, KubeApi, ObjectName, Selector } from '@tiphys/ports';
import type { KubeApiUnderTest } from './kube-api.ts';
import { configMap, configMaps } from './kube-kinds.ts';
import { KubeView } from './kube-view.ts';

/** The subject of the suite and short ways to act on it; works once the subject has started. */
export class KubeFixture {
  readonly #subject: () => KubeApiUnderTest;
  readonly #views: KubeView[] = [];

  constructor(subject: () => KubeApiUnderTest) {
    this.#subject = subject;
  }

  get api(): KubeApi {
    return this.#subject().api;
  }

  get other(): KubeApi {
    return this.#subject().other;
  }

  get link(): KubeApiUnderTest['link'] {
    return this.#subject().link;
  }

  get namespace(): string {
    return this.#subject().namespace;
  }

  restartServer(): Promise<void> {
    return this.#subject().restartServer();
  }

  named(name: string): ObjectName {
    return { name, namespace: this.namespace };
  }

  /** Creates a config map by the client under test. */
  create(name: string, data: Record<string, string> = {}): Promise<KubeObject> {
    return this.api.create(configMaps, configMap(this.namespace, name, { data }));
  }

  /** A value of a config map, read by the client under test. */
  async read(name: string, ...path: string[]): Promise<JsonValue | undefined> {
    return valueAt(asJson(await this.api.get(configMaps, this.named(name))), ...path);
  }

  /** Creates a config map with the label `set`, over the other link. */
  put(name: string, set: string, data: Record<string, string> = {}): Promise<KubeObject> {
    return this.other.create(configMaps, configMap(this.namespace, name, { data, labels: { set } }));
  }

  /** Merges into a config map, over the other link. */
  change(name: string, body: JsonObject): Promise<KubeObject> {
    return this.other.patch(configMaps, this.named(name), { type: 'merge', body });
  }

  /** Deletes a config map, over the other link. */
  remove(name: string): Promise<void> {
    return this.other.delete(configMaps, this.named(name));
  }

  /** A view by the client under test, stopped after the test. */
  view(selector: Selector, resource: ApiResource = configMaps): KubeView {
    const view = KubeView.start(this.api, resource, { namespace: this.namespace, ...selector });
    this.#views.push(view);
    return view;
  }

  async stopViews(): Promise<void> {
    this.link.heal();
    await Promise.all(this.#views.splice(0).map((view) => view.stop()));
  }
}
