import { createHash } from 'node:crypto';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TiphysError, type Repository } from '@tiphys/model';
import type {
  ArtifactSource,
  Clock,
  FetchedArtifact,
  GoRuntime,
  HttpFetcher,
  HttpResponse,
  Unpacker,
} from '@tiphys/ports';
import { IndexCache } from './index-cache.ts';
import { parseIndex, type ChartVersion, type HelmIndex } from './index-file.ts';

export interface HelmRepositoryOptions {
  readonly http: HttpFetcher;
  readonly unpacker: Unpacker;
  readonly versions: Pick<GoRuntime, 'maxSatisfying'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Bytes of an index. Default 100 MiB. */
  readonly maxIndexBytes?: number;
  /** Bytes of a packed chart. Default 100 MiB. */
  readonly maxChartBytes?: number;
  /** Bytes of an unpacked chart; undefined for the unpacker's own limit. */
  readonly maxUnpackedBytes?: number;
  /** Milliseconds for one download. Default 60 000. */
  readonly timeoutMs?: number;
}

/** A repository as a source uses it. */
export type HelmRepository = Repository & {
  /** `spec.source.helm.passCredentials`: the login goes along to charts on other hosts. */
  readonly passCredentials?: boolean;
};

const DEFAULT_MAX_INDEX_BYTES = 100 * 1024 * 1024;
const DEFAULT_MAX_CHART_BYTES = 100 * 1024 * 1024;
/** How old an index may be when a version that a caller has already resolved is fetched. */
const FETCH_INDEX_AGE_MS = 600_000;

/** Reads Helm repositories that have an index.yaml. The login goes to the repository's own host only. */
export class HelmRepositorySource implements ArtifactSource {
  readonly #options: HelmRepositoryOptions;
  readonly #indexes: IndexCache;

  constructor(options: HelmRepositoryOptions) {
    this.#options = options;
    this.#indexes = new IndexCache(options.clock);
  }

  /** Names of all charts. */
  async charts(repository: Repository, maxAgeMs: number): Promise<readonly string[]> {
    return (await this.#index(repository, maxAgeMs)).names;
  }

  async versions(repository: Repository, name: string, maxAgeMs: number): Promise<readonly string[]> {
    return (await this.#chart(repository, name, maxAgeMs)).map((one) => one.version);
  }

  /** The version itself where it exists, else the highest that satisfies it as a constraint. */
  async resolve(repository: Repository, name: string, version: string): Promise<string> {
    const versions = await this.versions(repository, name, 0);
    if (versions.includes(version)) return version;
    const best = await this.#options.versions.maxSatisfying(version === '' ? '*' : version, versions);
    if (best !== undefined) return best;
    throw new TiphysError(
      'not-found',
      `the chart ${name} in ${shown(repository.url)} has no version that satisfies ${JSON.stringify(version)}`,
    );
  }

  /** Unpacks a chart; `directory` holds its Chart.yaml. */
  async fetch(
    repository: HelmRepository,
    name: string,
    revision: string,
    into: string,
  ): Promise<FetchedArtifact> {
    const chart = await this.#version(repository, name, revision);
    const url = new URL(firstUrl(chart, name), baseOf(repository.url)).href;
    const sameHost = new URL(url).origin === new URL(repository.url).origin;
    const login = sameHost || repository.passCredentials === true;
    const response = await this.#get(login ? repository : withoutLogin(repository), url, {
      maxBytes: this.#options.maxChartBytes ?? DEFAULT_MAX_CHART_BYTES,
      headers: login ? authorization(repository) : {},
      what: `the chart ${name} ${revision}`,
    });
    assertDigest(response.body, chart.digest, `${name} ${revision}`);
    const target = await mkdtemp(join(into, 'chart-'));
    const { maxUnpackedBytes } = this.#options;
    await this.#options.unpacker.unpack(response.body, target, {
      name: `the chart ${name} ${revision}`,
      ...(maxUnpackedBytes !== undefined && { maxBytes: maxUnpackedBytes }),
    });
    return { revision, directory: await chartDirectory(target, name) };
  }

  async #version(repository: Repository, name: string, revision: string): Promise<ChartVersion> {
    for (const maxAgeMs of [FETCH_INDEX_AGE_MS, 0]) {
      const found = (await this.#chart(repository, name, maxAgeMs)).find((one) => one.version === revision);
      if (found !== undefined) return found;
    }
    throw new TiphysError(
      'not-found',
      `the chart ${name} in ${shown(repository.url)} has no version ${revision}`,
    );
  }

  async #chart(repository: Repository, name: string, maxAgeMs: number): Promise<readonly ChartVersion[]> {
    const found = (await this.#index(repository, maxAgeMs)).versions(name);
    if (found !== undefined) return found;
    throw new TiphysError('not-found', `${shown(repository.url)} has no chart ${JSON.stringify(name)}`);
  }

  #index(repository: Repository, maxAgeMs: number): Promise<HelmIndex> {
    return this.#indexes.get(repository, maxAgeMs, async (known) => {
      const response = await this.#get(repository, new URL('index.yaml', baseOf(repository.url)).href, {
        maxBytes: this.#options.maxIndexBytes ?? DEFAULT_MAX_INDEX_BYTES,
        headers: {
          ...authorization(repository),
          ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
        },
        what: 'the index',
      });
      if (response.status === 304 && known !== undefined) return known;
      const index = parseIndex(new TextDecoder().decode(response.body), hostOf(repository.url));
      return { index, etag: response.headers['etag'] };
    });
  }

  async #get(
    repository: Repository,
    url: string,
    request: {
      readonly maxBytes: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly what: string;
    },
  ): Promise<HttpResponse> {
    const { what, ...rest } = request;
    const timeoutMs = this.#options.timeoutMs;
    const response = await this.#options.http
      .fetch({ url, access: repository, ...rest, ...(timeoutMs !== undefined && { timeoutMs }) })
      .catch((error: unknown) => {
        const code = error instanceof TiphysError ? error.code : 'unavailable';
        throw new TiphysError(code, `cannot read ${what} of ${hostOf(url)}: ${messageOf(error)}`, {
          cause: error,
        });
      });
    if (response.status === 200 || response.status === 304) return response;
    throw refusal(response.status, what, hostOf(url));
  }
}

function refusal(status: number, what: string, host: string): TiphysError {
  const reason = `cannot read ${what} of ${host}: the server answered with status ${String(status)}`;
  if (status === 401)
    return new TiphysError('unauthenticated', `${reason}: check user and password of the repository`);
  if (status === 403) return new TiphysError('permission-denied', reason);
  return new TiphysError(status === 404 ? 'not-found' : 'unavailable', reason);
}

function withoutLogin(repository: Repository): Repository {
  const { url, type, caPem, insecure, proxy, noProxy } = repository;
  return {
    url,
    type,
    ...(caPem !== undefined && { caPem }),
    ...(insecure !== undefined && { insecure }),
    ...(proxy !== undefined && { proxy }),
    ...(noProxy !== undefined && { noProxy }),
  };
}

function authorization(repository: Repository): Readonly<Record<string, string>> {
  const { username, password, bearerToken } = repository;
  if (bearerToken) return { authorization: `Bearer ${bearerToken}` };
  if (!username && !password) return {};
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return { authorization: `Basic ${login}` };
}

function firstUrl(chart: ChartVersion, name: string): string {
  const url = chart.urls[0];
  if (url !== undefined) return url;
  throw new TiphysError('not-found', `the index names no address for the chart ${name} ${chart.version}`);
}

function assertDigest(data: Uint8Array, digest: string | undefined, what: string): void {
  if (digest === undefined || digest === '') return;
  if (createHash('sha256').update(data).digest('hex') === digest.toLowerCase()) return;
  throw new TiphysError(
    'failed-precondition',
    `the chart ${what} does not have the digest that the index says`,
  );
}

/** A packed chart holds one directory, by rule named as the chart. */
async function chartDirectory(target: string, name: string): Promise<string> {
  const [only, ...more] = await readdir(target, { withFileTypes: true });
  if (only?.isDirectory() === true && more.length === 0) return join(target, only.name);
  throw new TiphysError('invalid', `the chart ${name} does not hold exactly one directory`);
}

const baseOf = (url: string): string => (url.endsWith('/') ? url : `${url}/`);
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the repository');

/** An address as a message may tell it: without a login or a query. */
function shown(url: string): string {
  if (!URL.canParse(url)) return 'the repository';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
