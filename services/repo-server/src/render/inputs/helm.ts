import { posix } from 'node:path';
import { compileGlob } from '@tiphys/glob';
import { arrayAt, hasCode, stringAt, type HelmSource } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { Snapshot } from '../snapshot.ts';
import { distinct, withLinkTargets, type Input } from './input.ts';

const GLOB = /[*?[{]/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;
const REFERENCE = /^\$([^/]+)\/(.*)$/s;

/** A file that another source of the Application holds. */
export interface RefFile {
  readonly ref: string;
  readonly path: string;
}

/** The files that a Helm source names, by where they are: beside the chart, or in a source with a `ref`. */
export function namedFiles(helm: HelmSource): {
  readonly own: readonly string[];
  readonly refs: readonly RefFile[];
} {
  const names = [...(helm.valueFiles ?? []), ...(helm.fileParameters ?? []).map((one) => one.path)];
  const local = names.filter((name) => !SCHEME.test(name));
  return {
    own: local.filter((name) => !REFERENCE.test(name)),
    refs: local.flatMap((name) => {
      const [, ref, path = ''] = REFERENCE.exec(name) ?? [];
      return ref === undefined ? [] : [{ ref, path }];
    }),
  };
}

/** All that a chart in a repository reads from it: its directory, value files elsewhere, charts beside it. */
export async function helmInputs(
  snapshot: Snapshot,
  root: RepoRoot,
  chart: { readonly top: Input; readonly path: string; readonly helm: HelmSource },
): Promise<readonly Input[]> {
  const found = [chart.top];
  for (const name of namedFiles(chart.helm).own) {
    found.push(...(await findFiles(snapshot, name, chart.path)));
  }
  for (const directory of await localCharts(root, chart.path)) {
    found.push(...(await findFiles(snapshot, directory, chart.path)));
  }
  return withLinkTargets(snapshot, distinct(found));
}

/** What a name or a glob leads to; nothing where it leads nowhere, which the renderer then tells the user. */
export async function findFiles(snapshot: Snapshot, name: string, from: string): Promise<readonly Input[]> {
  if (GLOB.test(name)) return globFiles(snapshot, name, from);
  try {
    const path = name.startsWith('/') ? name.replace(/^\/+/, '') : posix.join(from, name);
    const target = await snapshot.find(path);
    return [target.mode === 'directory' ? target : { ...target, path: posix.normalize(path) }];
  } catch (error) {
    if (hasCode(error, 'not-found') || hasCode(error, 'invalid')) return [];
    throw error;
  }
}

async function globFiles(snapshot: Snapshot, name: string, from: string): Promise<readonly Input[]> {
  const base = name.startsWith('/') ? '.' : from;
  const matches = compileGlob(name.replace(/^\/+/, ''), { separator: '/' });
  if (matches === undefined) return [];
  const top = await snapshot.find(base);
  const entries = await snapshot.listAll(top.id);
  return entries
    .filter((entry) => entry.mode !== 'directory' && matches(entry.path))
    .map((entry) => ({ ...entry, path: posix.join(base, entry.path) }));
}

/** Directories of the dependencies that the chart takes from beside itself. */
async function localCharts(root: RepoRoot, path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of ['Chart.yaml', 'requirements.yaml']) {
    const file = posix.join(path, name);
    if (!(await root.exists(file))) continue;
    const [document] = parseYamlDocuments(await root.readFile(file), { file });
    for (const dependency of arrayAt(document, 'dependencies')) {
      const repository = stringAt(dependency, 'repository') ?? '';
      if (repository.startsWith('file://')) found.push(repository.slice('file://'.length));
    }
  }
  return found;
}
