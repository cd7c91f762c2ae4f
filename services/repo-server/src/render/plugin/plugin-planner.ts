import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import {
  credentialSecrets,
  gitCredentialVariables,
  packDirectory,
  pluginEnvironment,
} from '@tiphys/adapter-plugin';
import { TiphysError, type JsonObject } from '@tiphys/model';
import type { ConfigPlugin, ConfigPlugins, PackedFiles, PluginCall } from '@tiphys/ports';
import { parseKubernetesObjects } from '@tiphys/yaml';
import type { ExportStore } from '../export-store.ts';
import type { RenderPlan } from '../plan.ts';
import { commonRoot } from './common-root.ts';
import { PluginFinder, type MatchQuestion } from './plugin-finder.ts';
import type { PluginSubject } from './subject.ts';

export interface PluginPlannerOptions {
  readonly plugins: ConfigPlugins;
  readonly store: ExportStore;
  /** Globs of files that plugins do not get. */
  readonly exclude: readonly string[];
  /** Whether they get only what `manifest-generate-paths` names. */
  readonly usesManifestGeneratePaths: boolean;
  /** Milliseconds of one question to a plugin. */
  readonly timeoutMs: number;
}

/** The files that a plugin gets for a subject. */
interface Scope {
  readonly subject: PluginSubject;
  /** Directory that is packed. */
  readonly root: string;
  /** Names what is in it. */
  readonly content: string;
  /** The application's directory in it. */
  readonly appPath: string;
  readonly env: Readonly<Record<string, string>>;
}

const ARCHIVE = 'files.tgz';
/** What is said about the archive, beside it. */
const FACTS = 'files.json';

/** Plans renders by config-management plugins. */
export class PluginPlanner {
  readonly #options: PluginPlannerOptions;
  readonly #finder: PluginFinder;

  constructor(options: PluginPlannerOptions) {
    this.#options = options;
    this.#finder = new PluginFinder(options);
  }

  /** The plugin that is for the files of a source that names no tool. */
  async discover(subject: PluginSubject): Promise<ConfigPlugin | undefined> {
    if ((await this.#options.plugins.list()).length === 0) return undefined;
    return this.#finder.discover(this.#question(await this.#scopeOf(subject)));
  }

  /** Plans the render by a plugin, or by the one that the source names or that says it is for the files. */
  async plan(subject: PluginSubject, discovered?: ConfigPlugin): Promise<RenderPlan> {
    const scope = await this.#scopeOf(subject);
    const plugin = discovered ?? (await this.#choose(scope));
    const { request, revision, path } = subject;
    return {
      sourceType: 'Plugin',
      revision,
      refRevisions: {},
      content: [
        plugin.name,
        JSON.stringify(Object.entries(scope.env).sort()),
        scope.content,
        scope.appPath,
        ...this.#options.exclude,
      ],
      place: `${request.repository.url} ${path}`,
      isCostly: true,
      render: () => this.#generate(plugin, scope),
    };
  }

  async #choose(scope: Scope): Promise<ConfigPlugin> {
    const { name } = scope.subject.source.plugin ?? {};
    const question = this.#question(scope);
    if (name !== undefined && name !== '') return this.#finder.named(name, question);
    const found = await this.#finder.discover(question);
    if (found !== undefined) return found;
    throw new TiphysError(
      'not-found',
      'no plugin says that it is for the files of this source; name one by spec.source.plugin.name',
    );
  }

  async #generate(plugin: ConfigPlugin, scope: Scope): Promise<readonly JsonObject[]> {
    const { repository } = scope.subject.request;
    const { wantsGitCredentials } = await plugin.traits();
    const login = wantsGitCredentials ? gitCredentialVariables(repository) : {};
    const texts = await this.#ask(scope, (call) =>
      plugin.generate({ ...call, env: { ...call.env, ...login }, secrets: credentialSecrets(repository) }),
    );
    const file = `the output of the plugin ${plugin.name}`;
    return texts.flatMap((text) => parseKubernetesObjects(text, { file }));
  }

  #question(scope: Scope): MatchQuestion {
    return {
      content: [scope.content, scope.appPath, JSON.stringify(Object.entries(scope.env).sort())],
      isFresh: scope.subject.request.noCache,
      ask: (plugin) => this.#ask(scope, (call) => plugin.matches(call)),
    };
  }

  async #scopeOf(subject: PluginSubject): Promise<Scope> {
    const { manifestGeneratePaths = '' } = subject.request;
    const isNarrow = this.#options.usesManifestGeneratePaths && manifestGeneratePaths !== '';
    const root = isNarrow ? commonRoot(subject.path, manifestGeneratePaths) : '.';
    return {
      subject,
      root,
      content: await subject.contentOf(root),
      appPath: posix.relative(root, subject.path) || '.',
      env: pluginEnvironment(subject.source.plugin ?? {}, subject.env),
    };
  }

  /** Lends the packed files to a question. Equal files are packed once, whoever asks. */
  #ask<T>(scope: Scope, question: (call: PluginCall) => Promise<T>): Promise<T> {
    const { exclude, store, timeoutMs } = this.#options;
    const key = createHash('sha256')
      .update(JSON.stringify([scope.content, ...exclude]))
      .digest('hex');
    const pack = async (into: string): Promise<undefined> => {
      const file = join(into, ARCHIVE);
      const packed = await scope.subject.lend(scope.root, (directory) =>
        packDirectory(directory, { file, exclude }),
      );
      await writeFile(join(into, FACTS), JSON.stringify(packed));
    };
    return store.use(`plugin:${key}`, pack, async (directory) => {
      const packed = JSON.parse(await readFile(join(directory, FACTS), 'utf8')) as PackedFiles;
      return question({
        appName: scope.subject.request.appName,
        appPath: scope.appPath,
        env: scope.env,
        files: { ...packed, file: join(directory, ARCHIVE) },
        timeoutMs,
      });
    });
  }
}
