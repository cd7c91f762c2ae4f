import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  freePorts,
  poll,
  privateFolder,
  startProcess,
  waitReady,
  type ManagedProcess,
  type PrivateFolder,
} from './index.ts';

let folder: PrivateFolder;
beforeEach(async () => {
  folder = await privateFolder('spec');
});
afterEach(() => folder.remove());

const shell = (script: string, env?: Record<string, string>): ManagedProcess =>
  startProcess({
    name: 'shell',
    program: '/bin/sh',
    args: ['-c', script],
    logFile: join(folder.path, 'log'),
    ...(env === undefined ? {} : { env }),
  });

describe('startProcess', () => {
  it('inherits no environment and keeps the output', async () => {
    const server = shell('env; echo oops >&2', { ONLY: 'this' });
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.logTail()).toContain('ONLY=this');
    expect(server.logTail(1)).toBe('oops');
    expect(server.logTail()).not.toContain('npm_');
  });

  it('ends the whole group, by force when asked nicely in vain', async () => {
    const server = shell("trap '' TERM; echo deaf; sleep 100; sleep 100");
    await waitReady(server, () => Promise.resolve(server.logTail() === 'deaf'));
    await server.stop(50);
    expect((await server.exited).signal).toBe('SIGKILL');
    expect(server.isRunning()).toBe(false);
    server.signal('SIGKILL');
  });

  it('says which program is missing', async () => {
    const missing = { name: 'x', program: '/no/such/program', args: [], logFile: join(folder.path, 'log') };
    expect(() => startProcess(missing)).toThrow(/\/no\/such\/program/);
    await folder.remove();
  });
});

describe('waitReady', () => {
  it('fails at once, with the log, when the server ends', async () => {
    const server = shell('echo cannot bind; exit 7');
    await expect(waitReady(server, () => Promise.resolve(false))).rejects.toThrow(
      /exit code 7[^]*cannot bind/,
    );
  });

  it('fails with the log at the deadline', async () => {
    const server = shell('echo still thinking; sleep 100');
    await expect(waitReady(server, () => Promise.resolve(false), 100)).rejects.toThrow(
      /100 ms[^]*still thinking/,
    );
    await server.stop(0);
  });
});

describe('poll', () => {
  it('takes an error for "not yet", and tells the last one at the deadline', async () => {
    let asked = 0;
    const third = (): number => {
      asked += 1;
      if (asked < 3) throw new Error(`attempt ${asked}`);
      return asked;
    };
    expect(await poll(third, { what: 'three', intervalMs: 1 })).toBe(3);
    const never = (): never => {
      throw new Error('no luck');
    };
    await expect(poll(never, { what: 'luck', timeoutMs: 5, intervalMs: 1 })).rejects.toThrow(/luck.*no luck/);
  });
});

describe('freePorts', () => {
  it('gives ports that can be bound, each once', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    const [port = 0] = ports;
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('privateFolder', () => {
  it('is for this user only and goes away', async () => {
    const other = await privateFolder('spec');
    expect(existsSync(other.path)).toBe(true);
    await other.remove();
    expect(existsSync(other.path)).toBe(false);
  });
});
