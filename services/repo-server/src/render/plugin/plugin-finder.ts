import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { hasCode, TiphysError } from '@tiphys/model';
import type { ConfigPlugin, ConfigPlugins, PluginTraits } from '@tiphys/ports';

export interface PluginFinderOptions {
  readonly plugins: ConfigPlugins;
}

/** Asks one plugin whether it is for the files; `content` names all that the answer depends on. */
export interface MatchQuestion {
  readonly content: readonly string[];
  /** Ask again whatever was answered before. */
  readonly isFresh: boolean;
  ask(plugin: ConfigPlugin): Promise<boolean>;
}

const ANSWERS = 5_000;
/** A plugin that was replaced by one with the same name is asked anew after this. */
const ANSWER_TTL_MS = 600_000;

/** Finds the plugin for a source. */
export class PluginFinder {
  readonly #plugins: ConfigPlugins;
  readonly #answers = new LRUCache<string, boolean>({ max: ANSWERS, ttl: ANSWER_TTL_MS });
  readonly #traits = new Map<string, PluginTraits>();

  constructor({ plugins }: PluginFinderOptions) {
    this.#plugins = plugins;
  }

  /** The plugin of that name, which must be for the files if it can tell. */
  async named(name: string, question: MatchQuestion): Promise<ConfigPlugin> {
    const plugin = await this.#plugins.find(name);
    if (plugin === undefined) throw await this.#unknown(name);
    const { discovers } = await this.#traitsOf(plugin);
    if (!discovers || (await this.#matches(plugin, question))) return plugin;
    throw new TiphysError('invalid', `the plugin ${name} says that it is not for the files of this source`);
  }

  /**
   * The first plugin that is for the files; undefined where none is. One that may be for them and cannot be asked is an
   * error: what another tool makes of its files could replace what runs.
   */
  async discover(question: MatchQuestion): Promise<ConfigPlugin | undefined> {
    for (const plugin of await this.#plugins.list()) {
      const { discovers } = await this.#traitsOf(plugin);
      if (discovers && (await this.#matches(plugin, question))) return plugin;
    }
    return undefined;
  }

  async #traitsOf(plugin: ConfigPlugin): Promise<PluginTraits> {
    try {
      const traits = await plugin.traits();
      this.#traits.set(plugin.name, traits);
      return traits;
    } catch (error) {
      const known = this.#traits.get(plugin.name);
      if (known === undefined || !hasCode(error, 'unavailable')) throw error;
      return known;
    }
  }

  async #matches(plugin: ConfigPlugin, question: MatchQuestion): Promise<boolean> {
    const key = createHash('sha256')
      .update(JSON.stringify([plugin.name, ...question.content]))
      .digest('hex');
    const known = question.isFresh ? undefined : this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await question.ask(plugin);
    this.#answers.set(key, answer);
    return answer;
  }

  async #unknown(name: string): Promise<TiphysError> {
    const names = (await this.#plugins.list()).map((plugin) => plugin.name);
    const there = names.length === 0 ? 'no plugin has a socket here' : `there are ${names.join(', ')}`;
    return new TiphysError(
      'not-found',
      `no plugin is called ${JSON.stringify(name)}: ${there}. A plugin with a version is called <name>-<version>`,
    );
  }
}
