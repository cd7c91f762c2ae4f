import { join } from 'node:path/posix';
import { z } from 'zod';
import { TiphysError } from '@tiphys/model';
import type { RepoRoot } from '@tiphys/ports';
import { parseYamlDocuments } from '@tiphys/yaml';

const dependency = z.object({
  name: z.string(),
  version: z.string().default(''),
  repository: z.string().default(''),
});
const dependencies = z.object({ dependencies: z.array(dependency).nullish() });

/** A chart that another one needs, as its Chart.yaml (or requirements.yaml) says. */
export type ChartDependency = z.infer<typeof dependency>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The dependencies of the chart in a directory of the root; `not-found` where there is no Chart.yaml. */
export async function readDependencies(root: RepoRoot, path: string): Promise<readonly ChartDependency[]> {
  const file = join(path, 'Chart.yaml');
  if (!(await root.exists(file)))
    throw new TiphysError('not-found', `there is no chart in ${path}: ${file} is missing`);
  const own = await readList(root, file);
  return own.length > 0 ? own : readList(root, join(path, 'requirements.yaml'));
}

/** The locked dependencies, where Chart.lock (or requirements.lock) exists. */
export async function readLock(
  root: RepoRoot,
  path: string,
): Promise<readonly ChartDependency[] | undefined> {
  for (const name of ['Chart.lock', 'requirements.lock']) {
    const file = join(path, name);
    if (await root.exists(file)) return readList(root, file);
  }
  return undefined;
}

async function readList(root: RepoRoot, file: string): Promise<readonly ChartDependency[]> {
  if (!(await root.exists(file))) return [];
  const parsed = dependencies.safeParse(parseYamlDocuments(await root.readFile(file), { file })[0] ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TiphysError(
      'invalid',
      `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
    );
  }
  const list = parsed.data.dependencies ?? [];
  const odd = list.find((one) => !NAME.test(one.name));
  if (odd !== undefined) {
    throw new TiphysError('invalid', `${file}: ${JSON.stringify(odd.name)} is not a name of a chart`);
  }
  return list;
}
