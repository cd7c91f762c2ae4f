import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '@tiphys/testing/redis';
import type { RedisServer } from '@tiphys/testing/redis';
import { factTable } from '../testing/fact-table.ts';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { TestServer } from '../testing/server.ts';

let redis: RedisServer;
let server: TestServer;
let fresh: string;

beforeAll(async () => {
  redis = await startRedis();
  server = await TestServer.start({ redis });
  fresh = await scrape();
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const scrape = (): Promise<string> => server.metrics.registry.metrics();
const value = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
const rpc = (name: string, type = 'unary'): string =>
  `grpc_type="${type}",grpc_service="application.ApplicationService",grpc_method="${name}"`;

/** Of a Kubernetes client that is not ours, or of parts that measure themselves elsewhere. */
const NOT_HERE = new Map([
  ['argocd_webhook_store_cache_attempts_total', 'a push stores nothing: what it touches is looked at anew'],
  ['argocd_kubectl_client_cert_rotation_age_seconds', 'no certificate is rotated by the client'],
  [
    'argocd_kubectl_dns_resolution_duration_seconds',
    'connections are kept; names are resolved by the system',
  ],
  ['argocd_kubectl_request_size_bytes', 'not measured'],
  ['argocd_kubectl_response_size_bytes', 'not measured'],
  ['argocd_kubectl_rate_limiter_duration_seconds', 'the client has no limiter of its own'],
  ['argocd_kubectl_exec_plugin_call_total', 'not measured'],
  ['argocd_kubectl_request_retries_total', 'each try is a request of argocd_kubectl_requests_total'],
  ['argocd_kubectl_transport_cache_entries', 'the client has no such cache'],
  ['argocd_kubectl_transport_create_calls_total', 'the client has no such cache'],
]);

describe('the metrics of the server', () => {
  const rows = factTable('metrics.tsv');
  const own = (rows ?? []).filter((row) => /(^|, )server:8083/.test(row['component_port'] ?? ''));

  it.runIf(rows).each(own.map((row) => [row['metric'] ?? '', row['type'] ?? '']))('have %s', (name, type) => {
    const declared = fresh.includes(`# TYPE ${name} ${type}\n`);
    expect(declared, NOT_HERE.get(name) ?? `${name} is missing`).toBe(!NOT_HERE.has(name));
  });

  it('are zero from the start where the series are known', () => {
    expect(value(fresh, 'argocd_login_request_total{status="success"}')).toBe(0);
    expect(value(fresh, 'argocd_login_request_total{status="failed"}')).toBe(0);
    expect(value(fresh, `grpc_server_started_total{${rpc('List')}}`)).toBe(0);
    expect(value(fresh, `grpc_server_handled_total{${rpc('Watch', 'server_stream')},grpc_code="OK"}`)).toBe(
      0,
    );
    expect(value(fresh, 'argocd_info{version="v3.5.1"}')).toBe(1);
    expect(fresh.match(/^grpc_server_started_total\{/gm)).toHaveLength(109);
  });

  it('count calls by how they came out, over REST and over gRPC', async () => {
    const token = await server.login();
    await server.send('GET', '/api/v1/applications', { token });
    await server.send('GET', '/api/v1/applications?limit=-1', { token });
    await server.send('GET', '/api/v1/applications');
    await rawGrpc(server.port, '/application.ApplicationService/List', {
      headers: { token },
      messages: [Buffer.alloc(0)],
    });
    const text = await scrape();
    const handled = (code: string): number | undefined =>
      value(text, `grpc_server_handled_total{${rpc('List')},grpc_code="${code}"}`);
    expect([handled('OK'), handled('InvalidArgument'), handled('Unauthenticated')]).toEqual([2, 1, 1]);
    expect(value(text, `grpc_server_msg_sent_total{${rpc('List')}}`)).toBe(2);
    expect(value(text, `grpc_server_handling_seconds_count{${rpc('List')}}`)).toBe(4);
  });

  it('count the messages of a stream, and its end', async () => {
    const token = await server.login();
    const path = '/application.ApplicationService/Watch';
    await rawGrpc(server.port, path, {
      headers: { token, 'grpc-timeout': '200m' },
      messages: [Buffer.alloc(0)],
    });
    await expect
      .poll(async () => {
        const text = await scrape();
        return ['OK', 'Canceled', 'DeadlineExceeded']
          .map(
            (code) =>
              value(
                text,
                `grpc_server_handled_total{${rpc('Watch', 'server_stream')},grpc_code="${code}"}`,
              ) ?? 0,
          )
          .reduce((sum, count) => sum + count, 0);
      })
      .toBe(1);
  });

  it('count logins and what they needed of Redis', async () => {
    const before = await scrape();
    await server.login();
    await server.send('POST', '/api/v1/session', { body: { username: 'admin', password: 'wrong' } });
    const text = await scrape();
    const grown = (series: string): number => (value(text, series) ?? 0) - (value(before, series) ?? 0);
    expect(grown('argocd_login_request_total{status="success"}')).toBe(1);
    expect(grown('argocd_login_request_total{status="failed"}')).toBe(1);
    expect(grown('argocd_redis_request_duration_count{initiator="argocd-server"}')).toBeGreaterThan(0);
    expect(text).toMatch(
      /^argocd_redis_request_total\{initiator="argocd-server",command="\w+",failed="false"\} \d+$/m,
    );
    expect(text).not.toContain('wrong');
  });
});
