import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TiphysError, type SourceType } from '@tiphys/model';
import type { FilesUpload, RenderRequest, RepoFiles, RepoRoot, Unpacker } from '@tiphys/ports';
import { applicationPath } from '../render/git-planner.ts';
import type { ArtifactPlanner } from '../render/artifact-planner.ts';
import type { LentRoots } from '../render/artifact-roots.ts';
import { Limiter } from '../render/limiter.ts';
import { toRendered } from '../render/render-cache.ts';

export interface FilesServiceOptions {
  readonly unpacker: Unpacker;
  readonly files: RepoFiles;
  /** Plans a render of what the roots lend. */
  readonly planner: (roots: LentRoots) => Pick<ArtifactPlanner, 'plan'>;
  readonly limiter: Limiter;
  /** Of this process alone. */
  readonly scratchDirectory: string;
  /** Bytes of an archive as it is sent. */
  readonly maxArchiveBytes: number;
  /** Bytes of all files in it. */
  readonly maxExtractedBytes: number;
}

/** Archives that are held in memory at once. */
const UPLOADS = 4;
/** What stands for a revision of files that are in no repository. */
const STREAMED = 'streamed';

/** Renders files that somebody sends. Nothing of them outlives the call, and nothing in them is decrypted. */
export class FilesService {
  readonly #options: FilesServiceOptions;
  readonly #uploads = new Limiter(UPLOADS);

  constructor(options: FilesServiceOptions) {
    this.#options = options;
  }

  async render(
    request: RenderRequest,
    upload: FilesUpload,
  ): Promise<{ readonly objectsJson: Uint8Array; readonly sourceType: SourceType }> {
    return await this.#uploads.run(async () => {
      const archive = await received(upload, this.#options.maxArchiveBytes);
      return await this.#unpacked(archive, (root) => this.#rendered(request, root));
    });
  }

  async #rendered(
    request: RenderRequest,
    root: RepoRoot,
  ): Promise<{ readonly objectsJson: Uint8Array; readonly sourceType: SourceType }> {
    const path = applicationPath(request.source.path);
    if (!(await root.exists(path)))
      throw new TiphysError('not-found', `failed to get app path: ${path}: app path does not exist`);
    const { planner, limiter } = this.#options;
    const roots: LentRoots = {
      forget: () => Promise.resolve(),
      use: (_asked, _revision, task) => task(root),
    };
    const plan = await planner(roots).plan(request, STREAMED);
    const objects = await limiter.run(() => plan.render(undefined));
    return { objectsJson: toRendered(objects).objectsJson, sourceType: plan.sourceType };
  }

  async #unpacked<T>(archive: Uint8Array, task: (root: RepoRoot) => Promise<T>): Promise<T> {
    const { unpacker, files, scratchDirectory, maxExtractedBytes } = this.#options;
    await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(scratchDirectory, 'files-'));
    try {
      await unpacker.unpack(archive, folder, { name: 'the archive', maxBytes: maxExtractedBytes });
      return await task(await files.open(folder));
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

/** The whole archive. Stops reading at the limit. */
async function received({ chunks, checksum }: FilesUpload, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes)
      throw new TiphysError(
        'resource-exhausted',
        `error receiving manifest file stream: error receiving tgz file: the archive is larger than ${String(maxBytes)} bytes`,
      );
    parts.push(chunk);
  }
  const archive = Buffer.concat(parts, size);
  const found = createHash('sha256').update(archive).digest('hex');
  if (found === checksum) return archive;
  throw new TiphysError(
    'invalid',
    'error receiving manifest file stream: error receiving tgz file: ' +
      `file checksum validation error: calc ${found} sent ${checksum.slice(0, found.length)}`,
  );
}
