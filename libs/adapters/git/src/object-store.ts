import { posix } from 'node:path';
import { LRUCache } from 'lru-cache';
import { TiphysError } from '@tiphys/model';
import type { TreeEntry } from '@tiphys/ports';
import type { GitObject } from './batch-protocol.ts';
import { treeOf } from './commit.ts';
import type { ReaderPool } from './reader-pool.ts';
import { parseTree, type TreeLine } from './tree.ts';

const MAX_LINKS = 40;
const MAX_ENTRIES = 200_000;
const CACHED_LINES = 500_000;
const CACHED_COMMITS = 10_000;

/** Reads commits, trees and blobs of mirrors; trees stay in memory, as their ids never change meaning. */
export class ObjectStore {
  readonly #readers: ReaderPool;
  readonly #trees = new LRUCache<string, readonly TreeLine[]>({
    maxSize: CACHED_LINES,
    sizeCalculation: (lines) => lines.length + 1,
  });
  readonly #roots = new LRUCache<string, string>({ max: CACHED_COMMITS });

  constructor(readers: ReaderPool) {
    this.#readers = readers;
  }

  async commit(mirror: string, sha: string): Promise<Uint8Array> {
    const [object] = await this.#read(mirror, [sha], 'commit');
    return contentOf(object);
  }

  async rootTree(mirror: string, sha: string): Promise<string> {
    const key = `${mirror}:${sha}`;
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const tree = treeOf(await this.commit(mirror, sha));
    this.#roots.set(key, tree);
    return tree;
  }

  /** What a path of a commit leads to; symlinks are followed as long as they stay inside. */
  async find(mirror: string, sha: string, path: string): Promise<TreeEntry> {
    const root: TreeLine = { name: '', mode: 'directory', id: await this.rootTree(mirror, sha) };
    let rest = segments(path, path);
    let walked: { readonly name: string; readonly line: TreeLine }[] = [];
    for (let links = 0; rest.length > 0;) {
      const [name = '', ...after] = rest;
      const parent = walked.at(-1)?.line ?? root;
      const line = await this.#child(mirror, parent, name);
      if (line === undefined) throw noSuchPath(path);
      if (line.mode !== 'symlink') {
        walked = [...walked, { name, line }];
        rest = after;
        continue;
      }
      if ((links += 1) > MAX_LINKS) throw outside(path, 'its links go in circles');
      const target = await this.#linkTarget(mirror, line.id);
      rest = segments([...walked.map((step) => step.name), target, ...after].join('/'), path, target);
      walked = [];
    }
    const { mode, id } = walked.at(-1)?.line ?? root;
    return { path: walked.map((step) => step.name).join('/'), mode, id };
  }

  /** The entries at the top of a tree. */
  async listTop(mirror: string, treeId: string): Promise<readonly TreeEntry[]> {
    const [lines = []] = await this.#treesOf(mirror, [treeId]);
    return lines.map(({ name, mode, id }) => ({ path: name, mode, id }));
  }

  /** All entries below a tree, directories before what is in them. */
  async list(mirror: string, treeId: string): Promise<readonly TreeEntry[]> {
    const entries: TreeEntry[] = [];
    let level: readonly { readonly prefix: string; readonly id: string }[] = [{ prefix: '', id: treeId }];
    while (level.length > 0) {
      const trees = await this.#treesOf(
        mirror,
        level.map(({ id }) => id),
      );
      const next: { prefix: string; id: string }[] = [];
      level.forEach(({ prefix }, index) => {
        for (const line of trees[index] ?? []) {
          const path = prefix + line.name;
          entries.push({ path, mode: line.mode, id: line.id });
          if (line.mode === 'directory') next.push({ prefix: `${path}/`, id: line.id });
        }
      });
      if (entries.length > MAX_ENTRIES) {
        throw new TiphysError('resource-exhausted', `the directory holds more than ${MAX_ENTRIES} files`);
      }
      level = next;
    }
    return entries;
  }

  async blobs(mirror: string, ids: readonly string[]): Promise<readonly Uint8Array[]> {
    return (await this.#read(mirror, ids, 'blob')).map(contentOf);
  }

  async #child(mirror: string, parent: TreeLine, name: string): Promise<TreeLine | undefined> {
    if (parent.mode !== 'directory') return undefined;
    const [lines] = await this.#treesOf(mirror, [parent.id]);
    return lines?.find((line) => line.name === name);
  }

  async #linkTarget(mirror: string, id: string): Promise<string> {
    const [content] = await this.blobs(mirror, [id]);
    return Buffer.from(content ?? []).toString('utf8');
  }

  async #treesOf(mirror: string, ids: readonly string[]): Promise<readonly (readonly TreeLine[])[]> {
    const missing = [...new Set(ids.filter((id) => !this.#trees.has(`${mirror}:${id}`)))];
    const read = await this.#read(mirror, missing, 'tree');
    const fresh = new Map<string, readonly TreeLine[]>();
    missing.forEach((id, index) => {
      const lines = parseTree(contentOf(read[index]), id.length / 2);
      fresh.set(id, lines);
      this.#trees.set(`${mirror}:${id}`, lines);
    });
    return ids.map((id) => fresh.get(id) ?? this.#trees.get(`${mirror}:${id}`) ?? []);
  }

  async #read(
    mirror: string,
    ids: readonly string[],
    type: GitObject['type'],
  ): Promise<readonly GitObject[]> {
    if (ids.length === 0) return [];
    const answers = await this.#readers.ask(mirror, 'contents', ids);
    return answers.map((answer, index) => {
      if (answer === 'missing') throw missing(ids[index] ?? '');
      if (answer.type !== type) {
        throw new TiphysError('not-found', `${ids[index] ?? ''} is a ${answer.type}, not a ${type}`);
      }
      return answer;
    });
  }
}

function contentOf(object: GitObject | undefined): Uint8Array {
  if (object?.content !== undefined) return object.content;
  throw new TiphysError(
    'resource-exhausted',
    `a file of the repository is too large to be read (${object?.size ?? 0} bytes)`,
  );
}

/** Path segments from the root; a way out of the repository is refused. */
function segments(path: string, asked: string, link?: string): readonly string[] {
  if (path.includes('\0')) throw outside(asked, 'it holds a NUL');
  if (link?.startsWith('/') === true) throw outside(asked, 'a symlink on its way leads to an absolute path');
  const normal = posix.normalize(path.replace(/^\/+/, '')).replace(/\/+$/, '');
  if (normal === '' || normal === '.') return [];
  const parts = normal.split('/');
  if (parts.includes('..')) throw outside(asked, 'it leads out of the repository');
  return parts;
}

const noSuchPath = (path: string): TiphysError => new TiphysError('not-found', `${path}: no such path`);

const outside = (path: string, reason: string): TiphysError =>
  new TiphysError('invalid', `${path}: ${reason}`);

/** The mirror has lost something that it had. */
const missing = (id: string): TiphysError =>
  new TiphysError('internal', `object ${id} is missing from the mirror`);
