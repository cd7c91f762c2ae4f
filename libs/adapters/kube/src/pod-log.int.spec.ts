import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeApi } from '@tiphys/ports';
import { systemClock } from '@tiphys/runtime/clock';
import { poll } from '@tiphys/testing/processes';
import { noAuthorization } from './auth.ts';
import { makeKubeApi } from './kube-api.ts';
import { startSpecServer } from './spec-server.ts';
import type { Answer, SpecServer } from './spec-server.ts';

let node: SpecServer;
let api: KubeApi;
let answer: Answer;
const pod = { name: 'web-1', namespace: 'web' };

beforeEach(async () => {
  node = await startSpecServer((request, response) => answer(request, response));
  api = await makeKubeApi(
    { server: node.url, tls: {}, authorizer: noAuthorization },
    { clock: systemClock, deadlineMs: 500 },
  );
});
afterEach(async () => {
  await api.close();
  await node.close();
});

async function textOf(log: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of log) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

describe('the log of a pod', () => {
  it('is all that the server sends, asked for with what is set alone', async () => {
    answer = (_request, response) => void response.end('2024-05-01T10:00:00Z a\n');
    const log = await api.podLog(pod, { container: 'main', tailLines: 5 });
    expect(await textOf(log)).toBe('2024-05-01T10:00:00Z a\n');
    const [seen] = node.seen;
    expect(seen?.path).toBe('/api/v1/namespaces/web/pods/web-1/log');
    expect(Object.fromEntries(seen?.query ?? [])).toEqual({
      timestamps: 'true',
      container: 'main',
      tailLines: '5',
    });
  });

  it('that the server refuses is its refusal', async () => {
    const message = 'container "main" in pod "web-1" is waiting to start: ContainerCreating';
    answer = (_request, response) => {
      response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', message, reason: 'BadRequest', code: 400 }));
    };
    await expect(api.podLog(pod)).rejects.toMatchObject({ code: 'invalid', message });
  });

  it('may be silent for longer than a request may take, and fails where it breaks off', async () => {
    let open: ServerResponse | undefined;
    answer = (_request, response) => {
      open = response;
      response.write('first\n');
    };
    const log = (await api.podLog(pod, { follow: true }))[Symbol.asyncIterator]();
    expect(Buffer.from((await log.next()).value as Uint8Array).toString()).toBe('first\n');
    const begin = performance.now();
    const next = log.next();
    await poll(() => performance.now() - begin > 700, { what: 'the silence', timeoutMs: 5_000 });
    open?.write('second\n');
    expect(Buffer.from((await next).value as Uint8Array).toString()).toBe('second\n');
    open?.destroy();
    await expect(log.next()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that nobody accepts is refused at the deadline', async () => {
    answer = () => undefined;
    await expect(api.podLog(pod)).rejects.toMatchObject({ code: 'deadline' });
  });

  it.each<[string, (stop: AbortController, log: AsyncIterator<Uint8Array>) => Promise<unknown>]>([
    ['its signal', (stop) => Promise.resolve(stop.abort())],
    ['leaving it', (_stop, log) => log.return?.() ?? Promise.resolve()],
  ])('ends quietly by %s, and its request with it', async (_what, end) => {
    let isOpen = false;
    answer = (_request, response) => {
      isOpen = true;
      response.once('close', () => (isOpen = false));
      response.write('first\n');
    };
    const stop = new AbortController();
    const log = (await api.podLog(pod, { follow: true, signal: stop.signal }))[Symbol.asyncIterator]();
    await log.next();
    await end(stop, log);
    expect((await log.next()).done).toBe(true);
    await poll(() => !isOpen, { what: 'the request is closed' });
  });

  it('is not read ahead of a slow reader', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let sent = 0;
    answer = (_request, response) => {
      const pour = (): void => {
        let isTaken = true;
        while (!response.destroyed && isTaken) {
          isTaken = response.write(chunk);
          sent += chunk.length;
        }
      };
      response.on('drain', pour);
      pour();
    };
    const log = (await api.podLog(pod))[Symbol.asyncIterator]();
    await log.next();
    let last = -1;
    await poll(
      () => {
        const stands = sent === last;
        last = sent;
        return stands && sent > 0;
      },
      { what: 'the flood stands', intervalMs: 300 },
    );
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    for (let read = 0; read < last * 2; read += (await log.next()).value?.length ?? 0);
    expect(sent).toBeGreaterThan(last);
    await log.return?.();
  });
});
