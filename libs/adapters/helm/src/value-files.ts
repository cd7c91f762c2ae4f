import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf, TiphysError } from '@tiphys/model';
import { compileGlob } from '@tiphys/glob';
import type { HttpFetcher, RenderContext, RepoRoot } from '@tiphys/ports';

export interface ValueFileOptions {
  readonly http: HttpFetcher;
  /** Directory for downloaded files. */
  readonly scratch: string;
  /** Bytes of one remote file. Default 10 MiB. */
  readonly maxRemoteBytes?: number;
}

/** A file to hand to Helm, and the name that the user gave it. */
export interface ResolvedFile {
  readonly file: string;
  readonly name: string;
}

const DEFAULT_SCHEMES: readonly string[] = ['https', 'http'];
const DEFAULT_MAX_REMOTE_BYTES = 10 * 1024 * 1024;
const REMOTE_TIMEOUT_MS = 30_000;
const REFERENCE = /^\$([^/]+)\/(.*)$/s;
const GLOB = /[*?[{]/;

/**
 * The value files of a source as files on disk, globs written out, in order. Errors are TiphysError: `not-found` where
 * one is missing (unless the source ignores that), `invalid` where one leaves its repository, names no known `ref` or
 * uses a scheme that is not allowed.
 */
export async function resolveValueFiles(
  context: RenderContext,
  options: ValueFileOptions,
): Promise<readonly ResolvedFile[]> {
  const resolved: ResolvedFile[] = [];
  for (const name of context.source.helm?.valueFiles ?? []) {
    resolved.push(...(await resolveOne(name, context, options)));
  }
  return resolved;
}

/** One file of the chart's repository or of a `$ref`. */
export async function resolveFile(name: string, context: RenderContext): Promise<ResolvedFile> {
  const { root, path, from } = locate(name, context);
  return { file: await root.resolve(path, from), name };
}

async function resolveOne(
  name: string,
  context: RenderContext,
  options: ValueFileOptions,
): Promise<readonly ResolvedFile[]> {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(name)?.[1]?.toLowerCase();
  if (scheme !== undefined) return [await download(name, scheme, { context, options })];
  const ignoreMissing = context.source.helm?.ignoreMissingValueFiles === true;
  try {
    return GLOB.test(name) ? await expand(name, context) : [await resolveFile(name, context)];
  } catch (error) {
    if (!hasCode(error, 'not-found')) throw error;
    if (ignoreMissing) return [];
    throw new TiphysError(
      'not-found',
      `the value file ${JSON.stringify(name)} does not exist ${at(context)}`,
      {
        cause: error,
      },
    );
  }
}

interface Location {
  readonly root: RepoRoot;
  readonly path: string;
  readonly from: string;
}

function locate(name: string, context: RenderContext): Location {
  const reference = REFERENCE.exec(name);
  if (reference === null) return { root: context.root, path: name, from: context.path };
  const ref = reference[1] ?? '';
  const root = context.refRoots[ref] ?? context.refRoots[`$${ref}`];
  if (root === undefined) {
    throw new TiphysError(
      'invalid',
      `the file ${JSON.stringify(name)} refers to $${ref}, but no source of the Application has ref: ${ref}`,
    );
  }
  return { root, path: reference[2] ?? '', from: '.' };
}

async function expand(name: string, context: RenderContext): Promise<readonly ResolvedFile[]> {
  const { root, path, from } = locate(name, context);
  const base = path.startsWith('/') ? '.' : from;
  const pattern = path.replace(/^\/+/, '');
  const matches = compileGlob(pattern, { separator: '/' });
  if (matches === undefined) {
    throw new TiphysError('invalid', `the value file ${JSON.stringify(name)} is not a glob`);
  }
  const found = (await root.walk(base)).filter((file) => matches(file)).sort();
  if (found.length === 0) throw new TiphysError('not-found', `no file matches ${name}`);
  return Promise.all(
    found.map(async (file) => ({
      file: await root.resolve(join(base, file)),
      name: `${name.slice(0, name.length - path.length)}${file}`,
    })),
  );
}

async function download(
  name: string,
  scheme: string,
  { context, options }: { readonly context: RenderContext; readonly options: ValueFileOptions },
): Promise<ResolvedFile> {
  const allowed = context.request.options.helmValuesFileSchemes ?? DEFAULT_SCHEMES;
  if (!allowed.includes(scheme) || (scheme !== 'http' && scheme !== 'https')) {
    throw new TiphysError(
      'invalid',
      `the value file ${shown(name)} uses the scheme ${scheme}, which is not allowed`,
    );
  }
  const file = join(
    options.scratch,
    `values-${String(context.source.helm?.valueFiles?.indexOf(name) ?? 0)}.yaml`,
  );
  await writeFile(file, await readRemote(name, options));
  return { file, name: shown(name) };
}

async function readRemote(name: string, options: ValueFileOptions): Promise<Uint8Array> {
  const response = await options.http
    .fetch({
      url: name,
      maxBytes: options.maxRemoteBytes ?? DEFAULT_MAX_REMOTE_BYTES,
      timeoutMs: REMOTE_TIMEOUT_MS,
    })
    .catch((error: unknown) => {
      throw new TiphysError('unavailable', `cannot read the value file ${shown(name)}: ${messageOf(error)}`, {
        cause: error,
      });
    });
  if (response.status === 200) return response.body;
  throw new TiphysError(
    response.status === 404 ? 'not-found' : 'unavailable',
    `cannot read the value file ${shown(name)}: the server answered with status ${String(response.status)}`,
  );
}

/** The address without user, password and query, any of which may hold a secret. */
const shown = (url: string): string => url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/s, '');

function at(context: RenderContext): string {
  const revision = context.request.revision;
  return `in ${context.path}${revision === undefined ? '' : ` at revision ${revision}`}`;
}
