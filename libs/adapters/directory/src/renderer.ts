import { join } from 'node:path/posix';
import type { JsonObject } from '@tiphys/model';
import type { RenderContext, Renderer } from '@tiphys/ports';
import { inRepository, isJsonnetFile, renderManifest, SizeLimit } from './render-files.ts';
import { selectDirectoryFiles } from './select-files.ts';

/** Renders one Jsonnet file; `file` is relative to the context's root. */
export type RenderJsonnetFile = (context: RenderContext, file: string) => Promise<readonly JsonObject[]>;

export interface DirectoryRendererOptions {
  readonly renderJsonnetFile: RenderJsonnetFile;
  /** Bytes of all files together. Default 10 MiB. */
  readonly maxCombinedBytes?: number;
}

/** Renders plain YAML, JSON and Jsonnet files of a directory. See `renderDirectoryFiles` for the rules. */
export class DirectoryRenderer implements Renderer {
  readonly #options: DirectoryRendererOptions;

  constructor(options: DirectoryRendererOptions) {
    this.#options = options;
  }

  async render(context: RenderContext): Promise<readonly JsonObject[]> {
    const { root, path, source } = context;
    const limit = new SizeLimit({ ...this.#options, appPath: path });
    const objects: JsonObject[] = [];
    for (const file of selectDirectoryFiles(await root.walk(path), source.directory)) {
      const content = await readOpened(context, join(path, file));
      limit.add(file, content);
      objects.push(...(await this.#renderFile(context, file, content)));
    }
    return objects;
  }

  async #renderFile(context: RenderContext, file: string, content: string): Promise<readonly JsonObject[]> {
    if (isJsonnetFile(file)) return this.#options.renderJsonnetFile(context, join(context.path, file));
    return renderManifest(content, inRepository(file, context.path));
  }
}

/** A file in the clear. Programs of Jsonnet are read by jsonnet itself, as they are. */
async function readOpened({ root, decryptor }: RenderContext, file: string): Promise<string> {
  const content = await root.readFile(file);
  if (decryptor === undefined || isJsonnetFile(file)) return content;
  const plain = await decryptor.open(Buffer.from(content), file, { isManifest: true });
  return Buffer.from(plain).toString('utf8');
}
