import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateArgocdDescriptors } from './argocd.ts';
import { generatePluginStubs, generateTiphysStubs } from './tiphys.ts';

interface Job {
  readonly name: string;
  /** Files and folders, from the root; a job runs when one of them changed since its last run. */
  readonly inputs: readonly string[];
  /** A file that the job writes; the job runs when it is missing. */
  readonly output: string;
  readonly run: (root: string) => void;
}

const JOBS: readonly Job[] = [
  {
    name: 'argocd',
    inputs: ['proto/argocd', 'tools/codegen/argocd.ts', 'package-lock.json'],
    output: 'libs/generated/src/argocd/index.ts',
    run: generateArgocdDescriptors,
  },
  {
    name: 'tiphys',
    inputs: ['proto/tiphys', 'proto/buf.yaml', 'tools/codegen/tiphys.ts', 'package-lock.json'],
    output: 'libs/generated/src/tiphys-repo/index.ts',
    run: generateTiphysStubs,
  },
  {
    name: 'plugin',
    inputs: ['proto/plugin', 'tools/codegen/tiphys.ts', 'package-lock.json'],
    output: 'libs/generated/src/plugin-protocol/index.ts',
    run: generatePluginStubs,
  },
];

const root = resolve(import.meta.dirname, '..', '..');
const stamps = join(root, 'libs/generated/src/.stamps');

for (const job of JOBS) {
  const hash = hashOf(job.inputs);
  const stamp = join(stamps, job.name);
  const isCurrent = existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
  if (isCurrent && existsSync(join(root, job.output))) continue;
  const start = performance.now();
  job.run(root);
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, hash);
  console.log(`generated ${job.name} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesBelow))
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  const names = readdirSync(join(root, path)).sort();
  return names.flatMap((name) => filesBelow(`${path}/${name}`));
}
