import { cp, mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { join as joinPosix } from 'node:path/posix';
import { hasCode, messageOf, TiphysError, type Repository } from '@tiphys/model';
import type { ArtifactSource, RenderContext } from '@tiphys/ports';
import { readDependencies, readLock, type ChartDependency } from './chart.ts';

export interface DependencySources {
  /** Charts of repositories with an index. */
  readonly helm: ArtifactSource;
  /** Charts of OCI registries. */
  readonly oci: ArtifactSource;
}

/** Milliseconds that a repository's index may be old when a dependency is looked up. */
const MAX_INDEX_AGE_MS = 180_000;

/**
 * Charts that the chart names and does not hold in `charts/`. Empty for a chart that can be rendered as it is.
 */
export async function missingDependencies(context: RenderContext): Promise<readonly ChartDependency[]> {
  const { root, path } = context;
  const wanted = await readDependencies(root, path);
  if (wanted.length === 0) return [];
  const charts = joinPosix(path, 'charts');
  const present = (await root.exists(charts)) ? await root.walk(charts) : [];
  return wanted.filter((one) => !present.some((file) => holds(file, one.name)));
}

const holds = (file: string, name: string): boolean =>
  file.startsWith(`${name}/`) || (file.startsWith(`${name}-`) && /^[^/]+\.tgz$/.test(file));

/**
 * Makes a private copy of the chart below `scratch` with the missing charts put into `charts/`, by our own clients and
 * with the credentials of `context.helmRepositories`; Helm itself never goes to the network. Versions come from the
 * lock where there is one, which must name the same charts. Errors name the dependency.
 */
export async function buildDependencies(
  context: RenderContext,
  missing: readonly ChartDependency[],
  options: DependencySources & { readonly scratch: string },
): Promise<string> {
  const { root, path } = context;
  await root.assertNoEscapes(path);
  const copy = join(options.scratch, 'chart');
  await cp(await root.resolve(path), copy, { recursive: true, dereference: true });
  const charts = join(copy, 'charts');
  await mkdir(charts, { recursive: true });
  const locked = await lockedVersions(context);
  for (const dependency of missing) {
    const version = locked?.get(keyOf(dependency)) ?? dependency.version;
    await putChart({ ...dependency, version }, { context, charts, options }).catch((error: unknown) => {
      const code = error instanceof TiphysError ? error.code : 'unknown';
      throw new TiphysError(
        code,
        `cannot get the dependency ${dependency.name} ${version} of the chart in ${path}: ${messageOf(error)}`,
        { cause: error },
      );
    });
  }
  return copy;
}

async function lockedVersions({
  root,
  path,
}: RenderContext): Promise<ReadonlyMap<string, string> | undefined> {
  const lock = await readLock(root, path);
  if (lock === undefined) return undefined;
  const versions = new Map(lock.map((one) => [keyOf(one), one.version]));
  const unlocked = (await readDependencies(root, path)).find((one) => !versions.has(keyOf(one)));
  if (unlocked === undefined) return versions;
  throw new TiphysError(
    'failed-precondition',
    `the lock file of the chart in ${path} does not hold ${unlocked.name}: run helm dependency update and commit it`,
  );
}

const keyOf = (dependency: ChartDependency): string => `${dependency.name} ${dependency.repository}`;

interface Place {
  readonly context: RenderContext;
  readonly charts: string;
  readonly options: DependencySources & { readonly scratch: string };
}

async function putChart(dependency: ChartDependency, place: Place): Promise<void> {
  const { context, charts, options } = place;
  const target = join(charts, `${dependency.name}-${dependency.version.replaceAll(/[^A-Za-z0-9.+-]/g, '_')}`);
  if (dependency.repository.startsWith('file://')) return copyLocalChart(dependency, context, target);
  const repository = repositoryOf(dependency, context);
  const source = repository.type === 'oci' || repository.enableOci === true ? options.oci : options.helm;
  const version = await resolveVersion(source, repository, dependency);
  const into = await mkdtemp(join(options.scratch, 'dependency-'));
  const fetched = await source.fetch(repository, dependency.name, version, into);
  await rename(fetched.directory, target);
}

async function resolveVersion(
  source: ArtifactSource,
  repository: Repository,
  dependency: ChartDependency,
): Promise<string> {
  const { name, version } = dependency;
  const versions = await source.versions(repository, name, MAX_INDEX_AGE_MS);
  return versions.includes(version) ? version : source.resolve(repository, name, version);
}

async function copyLocalChart(
  dependency: ChartDependency,
  context: RenderContext,
  target: string,
): Promise<void> {
  const { root, path } = context;
  const directory = dependency.repository.slice('file://'.length);
  if (directory.startsWith('/')) {
    throw new TiphysError('invalid', `${dependency.repository} must be relative to the chart`);
  }
  const inside = joinPosix(path, directory);
  if (inside === '..' || inside.startsWith('../')) {
    throw new TiphysError('invalid', `${dependency.repository} leads out of the repository`);
  }
  try {
    await root.assertNoEscapes(inside);
    await cp(await root.resolve(inside), target, { recursive: true, dereference: true });
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    throw new TiphysError('not-found', `${dependency.repository} does not exist`, { cause: error });
  }
}

/** The configured repository that a dependency names, by address or by `@name`; an unknown address needs no login. */
function repositoryOf(dependency: ChartDependency, context: RenderContext): Repository {
  const { repository } = dependency;
  const alias = /^(?:@|alias:)(.+)$/.exec(repository)?.[1];
  if (alias !== undefined) {
    const named = context.helmRepositories.find((one) => one.name === alias);
    if (named !== undefined) return named;
    throw new TiphysError('not-found', `no Helm repository is called ${alias}`);
  }
  const url = withoutSlash(repository);
  const bare = url.replace(/^oci:\/\//, '');
  const known = context.helmRepositories.find((one) => {
    const candidate = withoutSlash(one.url);
    return candidate === url || (candidate.replace(/^oci:\/\//, '') === bare && one.enableOci === true);
  });
  if (url.startsWith('oci://')) {
    const login = known ?? context.helmRepositories.find((one) => sameRegistry(one, bare));
    return { ...login, url, type: 'oci', enableOci: true };
  }
  if (known !== undefined) return known;
  if (/^https?:\/\//.test(url)) return { url, type: 'helm' };
  throw new TiphysError('invalid', `${JSON.stringify(repository)} is not a Helm repository`);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** A login for a registry serves all below it. */
function sameRegistry(repository: Repository, bare: string): boolean {
  if (repository.enableOci !== true && repository.type !== 'oci') return false;
  const own = withoutSlash(repository.url).replace(/^oci:\/\//, '');
  return bare === own || bare.startsWith(`${own}/`);
}
