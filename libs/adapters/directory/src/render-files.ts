import { messageOf, TiphysError, type DirectorySource, type JsonObject } from '@tiphys/model';
import { parseKubernetesObjects } from '@tiphys/yaml';
import { selectDirectoryFiles } from './select-files.ts';

export interface DirectoryFile {
  /** Relative to the application's directory. */
  readonly path: string;
  readonly content: string;
}

export interface RenderDirectoryOptions {
  /** `spec.source.directory`. */
  readonly directory?: DirectorySource;
  /** Directory of the application in the repository, for messages. Default the root. */
  readonly appPath?: string;
  /** Bytes of all files together. Default 10 MiB. */
  readonly maxCombinedBytes?: number;
}

export const DEFAULT_MAX_COMBINED_BYTES = 10 * 1024 * 1024;

const SKIP_MARK = '+argocd:skip-file-rendering';
const API_VERSION_LINE = /^[\s{"'-]*apiVersion["']?\s*:/m;
const KIND_LINE = /^[\s{"'-]*kind["']?\s*:/m;
const JSON_START = /^\s*[{[]/;

/** Jsonnet files need the jsonnet program and so the directory on disk; `renderDirectoryFiles` refuses them. */
export const isJsonnetFile = (path: string): boolean => path.endsWith('.jsonnet');

/**
 * The Kubernetes objects of a directory application, from file contents alone. Files that `selectDirectoryFiles`
 * leaves out and files with the skip mark are passed over, as are files that hold no Kubernetes object at all.
 * Errors name the file: `invalid` where one does not parse or mixes objects with something else,
 * `resource-exhausted` beyond the combined size.
 */
export function renderDirectoryFiles(
  files: readonly DirectoryFile[],
  options: RenderDirectoryOptions = {},
): readonly JsonObject[] {
  const contents = new Map(files.map((file) => [file.path, file.content]));
  const selected = selectDirectoryFiles([...contents.keys()], options.directory);
  const limit = new SizeLimit(options);
  return selected.flatMap((path) => {
    if (isJsonnetFile(path)) throw new TiphysError('internal', `${path} must be rendered by jsonnet`);
    const content = contents.get(path) ?? '';
    limit.add(path, content);
    return renderManifest(content, inRepository(path, options.appPath));
  });
}

/** Counts what the files of one application hold together. */
export class SizeLimit {
  readonly #limit: number;
  readonly #appPath: string | undefined;
  #total = 0;

  constructor(options: RenderDirectoryOptions) {
    this.#limit = options.maxCombinedBytes ?? DEFAULT_MAX_COMBINED_BYTES;
    this.#appPath = options.appPath;
  }

  /** Throws `resource-exhausted` once the total is beyond the limit. */
  add(path: string, content: string): void {
    this.#total += Buffer.byteLength(content);
    if (this.#total <= this.#limit) return;
    throw new TiphysError(
      'resource-exhausted',
      `the manifests of this application are larger than ${String(this.#limit)} bytes together, reached at ` +
        `${inRepository(path, this.#appPath)}; leave files out by spec.source.directory.exclude or split the application`,
    );
  }
}

/** The objects of one YAML or JSON file; none where it is marked to be skipped or is no manifest at all. */
export function renderManifest(content: string, file: string): readonly JsonObject[] {
  if (content.includes(SKIP_MARK)) return [];
  try {
    return parseKubernetesObjects(content, { file });
  } catch (error) {
    if (looksLikeManifest(content, error)) throw error;
    return [];
  }
}

/** Half a manifest is an error rather than nothing: to drop an object silently would prune it. */
function looksLikeManifest(content: string, error: unknown): boolean {
  const [hasApiVersion, hasKind] = [API_VERSION_LINE.test(content), KIND_LINE.test(content)];
  const unreadable = messageOf(error).startsWith('cannot read');
  if (JSON_START.test(content) && /"(apiVersion|kind)"\s*:/.test(content)) return true;
  return unreadable ? hasApiVersion || hasKind : hasApiVersion && hasKind;
}

export function inRepository(path: string, appPath: string | undefined): string {
  return appPath === undefined || appPath === '' || appPath === '.'
    ? path
    : `${appPath.replace(/\/+$/, '')}/${path}`;
}
