import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { startRedis } from './index.ts';

describe('startRedis', () => {
  it('serves, flushes, freezes, crashes and comes back empty', async () => {
    const server = await startRedis();
    const client = new Redis(server.url, { commandTimeout: 300, maxRetriesPerRequest: 20 });
    client.on('error', () => undefined);
    await client.set('a', '1');
    await server.flushAll();
    expect(await client.get('a')).toBeNull();
    await client.set('a', '2');
    server.pause();
    await expect(client.get('a')).rejects.toThrow(/timed out/i);
    server.resume();
    expect(await client.get('a')).toBe('2');
    await server.restart();
    expect(await client.get('a')).toBeNull();
    client.disconnect();
    await server.stop();
  });

  it('asks for a password when told to', async () => {
    const server = await startRedis({ password: 's3cret word' });
    const client = new Redis(server.url);
    expect(await client.ping()).toBe('PONG');
    const anonymous = new Redis(server.port, '127.0.0.1');
    anonymous.on('error', () => undefined);
    await expect(anonymous.get('a')).rejects.toThrow(/NOAUTH/);
    client.disconnect();
    anonymous.disconnect();
    await server.flushAll();
    await server.stop();
  });
});
