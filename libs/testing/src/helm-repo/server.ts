import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dumpYaml } from '@tiphys/yaml';
import { packChart, type ChartFiles } from './pack-chart.ts';

export interface HelmRepoOptions {
  /** Login that every request must carry. */
  readonly username?: string;
  readonly password?: string;
  /** Port to listen on. Default a free one. */
  readonly port?: number;
}

export interface PublishedChart {
  readonly name: string;
  readonly version: string;
  readonly files?: ChartFiles;
  /** Address in the index. Default relative to it. */
  readonly url?: string;
  /** Digest in the index. Default the right one. */
  readonly digest?: string;
}

/** A Helm repository over HTTP on the loopback, with an index that follows what is published. */
export interface HelmRepo {
  readonly url: string;
  /** Requests so far, as `METHOD /path status` and the login they carried. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
  /** A version that is there already is replaced. */
  publish(chart: PublishedChart): Promise<void>;
  /** Answers a path with this body instead. */
  serve(path: string, body: string | Uint8Array): void;
  close(): Promise<void>;
}

/** Starts an empty repository. */
export async function startHelmRepo(options: HelmRepoOptions = {}): Promise<HelmRepo> {
  const repo = new StaticRepo(options);
  await repo.listen();
  return repo;
}

class StaticRepo implements HelmRepo {
  readonly requests: { line: string; authorization: string | undefined }[] = [];
  readonly #options: HelmRepoOptions;
  readonly #files = new Map<string, Buffer>();
  readonly #entries: Record<string, Record<string, string | string[]>[]> = {};
  readonly #server: Server;

  constructor(options: HelmRepoOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#writeIndex();
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/charts`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve);
    });
  }

  async publish({ name, version, files = {}, url, digest }: PublishedChart): Promise<void> {
    const archive = await packChart(name, version, files);
    const file = `${name}-${version}.tgz`;
    this.#files.set(`/charts/${file}`, archive);
    const sum = createHash('sha256').update(archive).digest('hex');
    const others = (this.#entries[name] ?? []).filter((entry) => entry['version'] !== version);
    const entry = { apiVersion: 'v2', name, version, urls: [url ?? file], digest: digest ?? sum };
    this.#entries[name] = [...others, entry];
    this.#writeIndex();
  }

  serve(path: string, body: string | Uint8Array): void {
    this.#files.set(path, Buffer.from(body));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #writeIndex(): void {
    const index = { apiVersion: 'v1', entries: this.#entries, generated: '2026-01-01T00:00:00Z' };
    this.#files.set('/charts/index.yaml', Buffer.from(dumpYaml(index)));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    const status = this.#status(request);
    this.requests.push({ line: `${method} ${url} ${String(status)}`, authorization: headers.authorization });
    const body = this.#files.get(url);
    if (body !== undefined && status !== 401) response.setHeader('etag', etagOf(body));
    response.writeHead(status).end(status === 200 ? body : undefined);
  }

  #status(request: IncomingMessage): number {
    const { username, password } = this.#options;
    const login = `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
    if (username !== undefined && request.headers.authorization !== login) return 401;
    const body = this.#files.get(request.url ?? '/');
    if (body === undefined) return 404;
    return request.headers['if-none-match'] === etagOf(body) ? 304 : 200;
  }
}

const etagOf = (body: Buffer): string => `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
