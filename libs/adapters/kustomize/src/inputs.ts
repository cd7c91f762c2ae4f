import { isAbsolute, join, normalize } from 'node:path/posix';
import { isJsonObject, TiphysError, type JsonObject } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { parseYamlDocuments } from '@tiphys/yaml';
import { assertHarmlessCharts, chartHomeOf, hasCharts } from './charts.ts';
import { isInline, pluginReferences, referencesOf, type Reference } from './references.ts';

/** Names that make a directory a kustomization. */
export const kustomizationFileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** What a kustomization reads, relative to the root of the repository, sorted. */
export interface KustomizeInputs {
  readonly files: readonly string[];
  /** Directories that are read whole (homes of Helm charts). */
  readonly directories: readonly string[];
  /** Charts or bases that come from elsewhere; empty where the files are all there is. */
  readonly remotes: readonly string[];
}

export interface ClosureOptions {
  /** Bases and resources of other repositories. Default `refuse`. */
  readonly remoteBases?: 'refuse' | 'allow';
  /** Taken instead of what the kustomization file in `path` holds. */
  readonly edited?: JsonObject;
}

const MAX_FILES = 20_000;
const REMOTE =
  /:\/\/|::|^[A-Za-z0-9_.-]+@|^(www\.)?(github|gitlab|bitbucket)\.(com|org)[/:]|[?&](ref|version)=/i;
const HTTPS = /^https:\/\/[^\s@]+$/;
const DASHED_REF = /[?&](ref|version|submodules|timeout)=-/;

/**
 * The closure of files that the kustomization in `path` reads; undefined where it cannot be told from the repository
 * alone (remote bases, charts from elsewhere). The same errors as `closure`.
 */
export async function kustomizeInputs(root: RepoRoot, path: string): Promise<KustomizeInputs | undefined> {
  const inputs = await closure(root, path, { remoteBases: 'allow' });
  return inputs.remotes.length === 0 ? inputs : undefined;
}

/**
 * Follows a kustomization through all that it names. Errors are TiphysError: `not-found` where something is missing,
 * `invalid` where it does not parse, leaves the repository, or reaches for another one while that is refused; they
 * name the kustomization, the field and the value.
 */
export async function closure(
  root: RepoRoot,
  path: string,
  options: ClosureOptions = {},
): Promise<KustomizeInputs> {
  const walk = new ClosureWalk(root, options);
  await walk.visitDirectory(normalize(path), `spec.source.path ${path}`, options.edited);
  return walk.result();
}

/** The name of the kustomization file in a directory, relative to the root. */
export async function kustomizationFile(root: RepoRoot, directory: string): Promise<string | undefined> {
  for (const name of kustomizationFileNames) {
    const file = join(directory, name);
    if (await root.exists(file)) return file;
  }
  return undefined;
}

/** Reads a kustomization file. */
export async function readKustomization(root: RepoRoot, file: string): Promise<JsonObject> {
  const [first, ...more] = parseYamlDocuments(await root.readFile(file), { file });
  if (more.length > 0 || !isJsonObject(first ?? {})) {
    throw new TiphysError('invalid', `${file} must hold one mapping`);
  }
  return (first ?? {}) as JsonObject;
}

class ClosureWalk {
  readonly #root: RepoRoot;
  readonly #options: ClosureOptions;
  readonly #files = new Set<string>();
  readonly #visited = new Set<string>();
  readonly #directories = new Set<string>();
  readonly #remotes = new Set<string>();

  constructor(root: RepoRoot, options: ClosureOptions) {
    this.#root = root;
    this.#options = options;
  }

  result(): KustomizeInputs {
    return {
      files: [...this.#files].sort(),
      directories: [...this.#directories].sort(),
      remotes: [...this.#remotes].sort(),
    };
  }

  async visitDirectory(directory: string, askedBy: string, edited?: JsonObject): Promise<void> {
    if (this.#visited.has(directory)) return;
    this.#visited.add(directory);
    const file = await kustomizationFile(this.#root, directory);
    if (file === undefined) {
      throw new TiphysError('not-found', `${askedBy}: there is no ${kustomizationFileNames.join(', ')}`);
    }
    this.#add(file);
    const kustomization = edited ?? (await readKustomization(this.#root, file));
    assertHarmlessCharts(kustomization, file);
    if (hasCharts(kustomization)) await this.#visitCharts(kustomization, { directory, file });
    for (const reference of referencesOf(kustomization)) {
      await this.#visit(reference, { directory, file });
    }
  }

  async #visit(reference: Reference, from: { directory: string; file: string }): Promise<void> {
    const { field, value, kind } = reference;
    if (kind === 'plugin' && isInline(value)) return this.#visitPlugin(value, reference, from);
    const where = `${from.file}: ${field} ${JSON.stringify(value)}`;
    if (REMOTE.test(value)) return this.#visitRemote(value, where);
    const target = this.#inside(value, from.directory, where);
    if (!(await this.#root.exists(target))) throw new TiphysError('not-found', `${where} does not exist`);
    if (kind === 'directory' || (kind !== 'file' && (await this.#isKustomization(target)))) {
      return this.visitDirectory(target, where);
    }
    this.#add(target);
    if (kind === 'plugin') await this.#visitPlugin(await this.#root.readFile(target), reference, from);
  }

  async #visitPlugin(
    text: string,
    reference: Reference,
    from: { directory: string; file: string },
  ): Promise<void> {
    for (const document of parseYamlDocuments(text, { file: `${from.file} (${reference.field})` })) {
      assertHarmlessCharts(document, from.file);
      for (const found of pluginReferences(document, reference.field)) await this.#visit(found, from);
    }
  }

  async #visitCharts(kustomization: JsonObject, from: { directory: string; file: string }): Promise<void> {
    const home = chartHomeOf(kustomization);
    const target = this.#inside(home, from.directory, `${from.file}: helmGlobals.chartHome ${home}`);
    if (await this.#root.exists(target)) {
      await this.#root.assertNoEscapes(target);
      this.#directories.add(target);
    }
    for (const chart of (kustomization['helmCharts'] ?? []) as readonly JsonObject[]) {
      if (typeof chart['repo'] === 'string') this.#remotes.add(chart['repo']);
    }
  }

  #visitRemote(value: string, where: string): void {
    if (this.#options.remoteBases !== 'allow') {
      throw new TiphysError(
        'invalid',
        `${where} is in another repository: remote bases are not allowed here; copy it into this repository or use ` +
          'an Application with several sources',
      );
    }
    if (!HTTPS.test(value) || DASHED_REF.test(value)) {
      throw new TiphysError('invalid', `${where} must be an https address without user, and a plain ref`);
    }
    this.#remotes.add(value);
  }

  #inside(value: string, directory: string, where: string): string {
    const target = join(directory, value);
    if (isAbsolute(value) || target === '..' || target.startsWith('../')) {
      throw new TiphysError('invalid', `${where} leads out of the repository`);
    }
    return target;
  }

  async #isKustomization(target: string): Promise<boolean> {
    return (await kustomizationFile(this.#root, target)) !== undefined;
  }

  #add(file: string): void {
    if (this.#files.add(file).size > MAX_FILES) {
      throw new TiphysError(
        'resource-exhausted',
        `the kustomization reads more than ${String(MAX_FILES)} files`,
      );
    }
  }
}
