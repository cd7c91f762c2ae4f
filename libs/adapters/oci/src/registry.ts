import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TiphysError, messageOf, type Repository } from '@tiphys/model';
import type { Clock, HttpFetcher, HttpResponse } from '@tiphys/ports';
import { Authorizer } from './authorizer.ts';
import { MANIFEST_TYPES } from './media-types.ts';
import { isDigest, isReference, registryOrigin, type OciName } from './reference.ts';

export interface RegistryOptions {
  readonly http: HttpFetcher;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds for one request. Default 60 000. */
  readonly timeoutMs?: number;
}

const descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number().nonnegative() });
const manifestSchema = z.object({
  layers: z.array(descriptor).default([]),
  annotations: z.record(z.string(), z.string()).nullish(),
});
const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });

export type Descriptor = z.infer<typeof descriptor>;
export interface Manifest {
  readonly digest: string;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const MAX_PAGES = 200;
const PAGE_SIZE = 1_000;

/** The reads of the OCI distribution protocol, each bounded in bytes and time; digests are checked here. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #authorizer: Authorizer;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#authorizer = new Authorizer(options.http, options.clock);
  }

  /** Rejects where the registry does not answer or refuses the login. */
  async ping(repository: Repository): Promise<void> {
    const name = { origin: registryOrigin(repository), path: '' };
    await this.#get(repository, name, { path: '/v2/', maxBytes: MAX_PAGE_BYTES, what: 'the registry' });
  }

  async tags(repository: Repository, name: OciName): Promise<readonly string[]> {
    const tags: string[] = [];
    let path: string | undefined = `/v2/${name.path}/tags/list?n=${String(PAGE_SIZE)}`;
    for (let page = 0; path !== undefined; page += 1) {
      if (page >= MAX_PAGES) throw new TiphysError('resource-exhausted', `${shown(name)} has too many tags`);
      const answer = await this.#get(repository, name, { path, maxBytes: MAX_PAGE_BYTES, what: 'the tags' });
      tags.push(...(parseBody(answer.body, tagsSchema, `the tags of ${shown(name)}`).tags ?? []));
      path = nextPage(answer.headers['link'], name.origin);
    }
    return tags;
  }

  /** The manifest behind a tag or digest. */
  async manifest(repository: Repository, name: OciName, reference: string): Promise<Manifest> {
    if (!isReference(reference)) {
      throw new TiphysError('invalid', `${JSON.stringify(reference)} is neither a tag nor a digest`);
    }
    const what = `the manifest ${reference}`;
    const path = `/v2/${name.path}/manifests/${reference}`;
    const accept = MANIFEST_TYPES.join(', ');
    const answer = await this.#get(repository, name, { path, maxBytes: MAX_PAGE_BYTES, what, accept });
    const digest = digestOf(answer.body);
    if (isDigest(reference) && reference !== digest) throw wrongDigest(reference, name);
    const manifest = parseBody(answer.body, manifestSchema, `${what} of ${shown(name)}`);
    return { digest, layers: manifest.layers, annotations: manifest.annotations ?? {} };
  }

  async blob(
    repository: Repository,
    name: OciName,
    layer: Descriptor,
    maxBytes: number,
  ): Promise<Uint8Array> {
    if (!isDigest(layer.digest))
      throw new TiphysError('invalid', `${shown(name)} names a layer without a digest`);
    if (layer.size > maxBytes) {
      throw new TiphysError(
        'resource-exhausted',
        `the layer of ${shown(name)} is larger than ${String(maxBytes)} bytes`,
      );
    }
    const path = `/v2/${name.path}/blobs/${layer.digest}`;
    const answer = await this.#get(repository, name, { path, maxBytes, what: 'the layer' });
    if (digestOf(answer.body) !== layer.digest) throw wrongDigest(layer.digest, name);
    return answer.body;
  }

  async #get(repository: Repository, name: OciName, request: Get): Promise<HttpResponse> {
    const first = await this.#send(repository, name, request, this.#authorizer.known(repository, name));
    if (first.status !== 401) return check(first, name, request);
    const challenge = first.headers['www-authenticate'] ?? '';
    const login = await this.#authorizer.answer(repository, name, challenge);
    if (login === undefined) return check(first, name, request);
    return check(await this.#send(repository, name, request, login), name, request);
  }

  async #send(
    repository: Repository,
    name: OciName,
    request: Get,
    authorization: string | undefined,
  ): Promise<HttpResponse> {
    const { timeoutMs } = this.#options;
    try {
      return await this.#options.http.fetch({
        url: `${name.origin}${request.path}`,
        headers: {
          ...(request.accept !== undefined && { accept: request.accept }),
          ...(authorization !== undefined && { authorization }),
        },
        access: repository,
        maxBytes: request.maxBytes,
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
    } catch (error) {
      const code = error instanceof TiphysError ? error.code : 'unavailable';
      throw new TiphysError(code, `cannot read ${request.what} of ${shown(name)}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

interface Get {
  readonly path: string;
  readonly maxBytes: number;
  readonly what: string;
  readonly accept?: string;
}

function check(response: HttpResponse, name: OciName, request: Get): HttpResponse {
  const { status } = response;
  if (status === 200) return response;
  const message = `cannot read ${request.what} of ${shown(name)}: the registry answered with status ${String(status)}`;
  if (status === 401) throw new TiphysError('unauthenticated', `${message}: check user and password`);
  if (status === 403) throw new TiphysError('permission-denied', message);
  throw new TiphysError(status === 404 ? 'not-found' : 'unavailable', message);
}

function parseBody<T>(body: Uint8Array, schema: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw new TiphysError('unavailable', `${what} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TiphysError(
    'unavailable',
    `${what} are not what they must be: ${parsed.error.issues[0]?.message ?? ''}`,
  );
}

/** The next page that a `Link` header names, on the same registry only. */
function nextPage(link: string | undefined, origin: string): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, origin)) return undefined;
  const url = new URL(target, origin);
  return url.origin === new URL(origin).origin ? url.pathname + url.search : undefined;
}

const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
const shown = (name: OciName): string =>
  [new URL(name.origin).host, name.path].filter((part) => part !== '').join('/');
const wrongDigest = (digest: string, name: OciName): TiphysError =>
  new TiphysError('failed-precondition', `${shown(name)} answered with something else than ${digest}`);
