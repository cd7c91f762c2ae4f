import { TiphysError } from '@tiphys/model';
import { compileGlob } from '@tiphys/glob';
import type { FilesQuestion, GitSource, RenderSource, TreeEntry } from '@tiphys/ports';
import type { RevisionService } from '../revision/revision.service.ts';

const MAX_FILES = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;

export interface TreeServiceOptions {
  readonly git: GitSource;
  readonly revisions: RevisionService;
}

/** Tells which directories a git repository has, and what is in files of it. */
export class TreeService {
  readonly #options: TreeServiceOptions;

  constructor(options: TreeServiceOptions) {
    this.#options = options;
  }

  /** In the order of their paths; without hidden ones and what is in those. */
  async directories(source: RenderSource): Promise<readonly string[]> {
    const entries = await this.#entries(source);
    return entries
      .filter(({ mode, path }) => mode === 'directory' && !isHidden(path))
      .map(({ path }) => path)
      .sort();
  }

  /** @throws TiphysError `invalid` for a pattern that is none, `resource-exhausted` for more than is read at once */
  async files({ patterns, doublestar, ...source }: FilesQuestion): Promise<Readonly<Record<string, string>>> {
    const tests = patterns.map((pattern) => testOf(pattern, doublestar));
    const found = (await this.#entries(source)).filter(
      ({ mode, path }) => isFile(mode) && tests.some((matches) => matches(path)),
    );
    if (found.length > MAX_FILES) throw tooMuch(`${found.length} files match; ${MAX_FILES} are read at most`);
    const blobs = await this.#options.git.readBlobs(
      source.repository,
      found.map(({ id }) => id),
    );
    const bytes = blobs.reduce((sum, blob) => sum + blob.length, 0);
    if (bytes > MAX_BYTES) throw tooMuch(`the files that match are larger than ${MAX_BYTES} bytes`);
    const decoder = new TextDecoder();
    return Object.fromEntries(found.map(({ path }, index) => [path, decoder.decode(blobs[index])]));
  }

  async #entries(source: RenderSource): Promise<readonly TreeEntry[]> {
    const { git, revisions } = this.#options;
    const { repository } = source;
    if (repository.type !== 'git') {
      throw new TiphysError('invalid', 'only a git repository has directories and files to generate from');
    }
    const sha = await revisions.resolve(source);
    await git.fetch(repository, sha);
    const top = await git.find(repository, sha, '');
    return await git.listTree(repository, top.id, { recursive: true });
  }
}

const isFile = (mode: TreeEntry['mode']): boolean => mode === 'file' || mode === 'executable';

const isHidden = (path: string): boolean => path.split('/').some((step) => step.startsWith('.'));

function testOf(pattern: string, doublestar: boolean): (path: string) => boolean {
  const matches = compileGlob(pattern, doublestar ? { separator: '/' } : {});
  if (matches === undefined) throw new TiphysError('invalid', `'${pattern}' is no pattern of files`);
  return matches;
}

const tooMuch = (why: string): TiphysError => new TiphysError('resource-exhausted', why);
