import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TiphysError } from '@tiphys/model';
import type { ClusterConfig } from './cluster-config.ts';
import { fieldOf, type PodIdentity } from './environment.ts';
import type { Items, Volume, VolumeSources } from './objects.ts';

/** The files that a volume holds by its sources; undefined for an emptyDir, which is the pod's own. */
export function contentsOf(
  volume: Volume,
  config: ClusterConfig,
  pod: PodIdentity,
): ReadonlyMap<string, Buffer> | undefined {
  if (volume.emptyDir !== undefined) return undefined;
  const sources = volume.projected?.sources ?? [volume];
  const all = sources.map((source) => fromSource(source, config, pod));
  if (all.length === 0 || all.some((one) => one === undefined)) {
    throw new TiphysError(
      'failed-precondition',
      `volume ${volume.name}: only secret, configMap, downwardAPI, projected and emptyDir run locally`,
    );
  }
  return new Map(all.flatMap((one) => [...(one ?? [])]));
}

/** Makes a folder hold exactly these files; a file that is as it should be stays untouched. */
export async function writeVolume(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [path, content] of files) {
    const target = join(folder, path);
    const current = await readFile(target).catch(() => undefined);
    if (current?.equals(content) === true) continue;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const temporary = `${target}.new`;
    await writeFile(temporary, content);
    await chmod(temporary, 0o600);
    await rename(temporary, target);
  }
  const present = await readdir(folder, { recursive: true, withFileTypes: true });
  const stale = present
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !files.has(path.slice(folder.length + 1)));
  await Promise.all(stale.map((path) => rm(path, { force: true })));
}

function fromSource(
  source: VolumeSources,
  config: ClusterConfig,
  pod: PodIdentity,
): Map<string, Buffer> | undefined {
  const { configMap, secret, downwardAPI } = source;
  if (configMap)
    return pick(configMap, config.configMaps.get(configMap.name), `config map ${configMap.name}`);
  if (secret) {
    const name = secret.secretName ?? secret.name ?? '';
    return pick(secret, config.secrets.get(name), `secret ${name}`);
  }
  if (!downwardAPI) return undefined;
  const items = downwardAPI.items ?? [];
  return new Map(
    items.map(({ path, fieldRef }) => [path, Buffer.from(fieldOf(fieldRef?.fieldPath ?? '', pod))]),
  );
}

function pick(
  wanted: Items,
  data: ReadonlyMap<string, Buffer> | undefined,
  what: string,
): Map<string, Buffer> {
  if (data === undefined) {
    if (wanted.optional === true) return new Map();
    throw new TiphysError('not-found', `the ${what} does not exist`);
  }
  if (wanted.items === undefined) return new Map(data);
  const files = new Map<string, Buffer>();
  for (const { key, path } of wanted.items) {
    const value = data.get(key);
    if (value !== undefined) files.set(path, value);
    else if (wanted.optional !== true) throw new TiphysError('not-found', `the ${what} has no key ${key}`);
  }
  return files;
}
