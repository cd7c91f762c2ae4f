import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redisContents } from './redis-contents.ts';
import type { World } from './world.ts';

/**
 * Where a secret text can be read: Applications, events, logs of the services, Redis, files of the pods. Empty is good.
 */
export async function placesThatTell(world: World, secret: string): Promise<readonly string[]> {
  const shown = await Promise.all([
    files(world.system.runner.folder),
    listed(world, 'Application', '/apis/argoproj.io/v1alpha1/applications'),
    listed(world, 'Event', '/api/v1/events'),
    logs(world.logFolder),
  ]);
  const places = [...shown.flat(), ...(await redisContents(world))];
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  return places.filter(([, text]) => forms.some((form) => text.includes(form))).map(([place]) => place);
}

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

async function listed({ kube }: World, kind: string, path: string): Promise<[string, string][]> {
  const { items } = await kube.request<Listed>('GET', path);
  return items.map((item) => [`${kind} ${item.metadata.name}`, JSON.stringify(item)]);
}

async function logs(folder: string): Promise<[string, string][]> {
  const files = await readdir(folder);
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(join(folder, file), 'utf8')]),
  );
}

/** Files that are gone meanwhile tell nothing. */
async function files(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => [
      path,
      await readFile(path, 'latin1').catch(() => ''),
    ]),
  );
}
