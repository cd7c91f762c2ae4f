import { createHash } from 'node:crypto';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { TiphysError } from '@tiphys/model';
import type { HttpAccess } from '@tiphys/ports';

const MAX_KEPT = 64;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 4_000;

/** Connection pools, one for each way to reach a host; the least recently used ones are closed. */
export class Dispatchers {
  readonly #kept = new Map<string, Dispatcher>();

  /** The pool for an address reached in this way. */
  for(url: URL, access: HttpAccess): Dispatcher {
    const proxy = proxyFor(url, access);
    const key = createHash('sha256')
      .update(JSON.stringify({ ...tlsOf(access), proxy }))
      .digest('hex');
    const dispatcher = this.#kept.get(key) ?? create(access, proxy);
    this.#kept.delete(key);
    this.#kept.set(key, dispatcher);
    this.#evict();
    return dispatcher;
  }

  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
  }

  #evict(): void {
    for (const [key, dispatcher] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) return;
      this.#kept.delete(key);
      void dispatcher.close();
    }
  }
}

function create(access: HttpAccess, proxy: string | undefined): Dispatcher {
  const common = { connectTimeout: CONNECT_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS };
  const tls = tlsOf(access);
  if (proxy === undefined) return new Agent({ ...common, connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
  return new ProxyAgent({ ...common, uri: proxy, requestTls: tls, proxyTls: tls });
}

const tlsOf = (access: HttpAccess): Record<string, unknown> => ({
  ...(access.caPem && { ca: access.caPem }),
  ...(access.tlsClientCertData && { cert: access.tlsClientCertData }),
  ...(access.tlsClientCertKey && { key: access.tlsClientCertKey }),
  ...(access.insecure === true && { rejectUnauthorized: false }),
});

/** The proxy of the repository unless its `noProxy` names the host (exactly, by domain, or `*`). */
function proxyFor(url: URL, access: HttpAccess): string | undefined {
  if (access.proxy === undefined || access.proxy === '') return undefined;
  const exempt = (access.noProxy ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  if (exempt.some((entry) => isExempt(url, entry))) return undefined;
  if (!URL.canParse(access.proxy))
    throw new TiphysError('invalid', 'the proxy of the repository is not an address');
  return access.proxy;
}

function isExempt(url: URL, entry: string): boolean {
  if (entry === '') return false;
  const host = url.hostname.toLowerCase();
  const domain = entry.replace(/^\*?\./, '');
  return entry === '*' || entry === url.host || host === domain || host.endsWith(`.${domain}`);
}
