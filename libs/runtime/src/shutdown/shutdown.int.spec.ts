import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const module = new URL('./index.ts', import.meta.url).href;
const quiet =
  '{ debug() {}, info: (m) => console.log(m), warn() {}, error: (m) => console.log(m), with() {} }';

/** A process that runs a service; `ready` is printed once `start` was called. */
function service(start: string): ChildProcess {
  const program = `import { runService } from ${JSON.stringify(module)};
    const keep = setInterval(() => {}, 1000);
    await runService({ graceMs: 300, logger: ${quiet}, start: async () => { console.log('ready'); ${start} } });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function endOf(
  child: ChildProcess,
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const isFirst = !output.includes('ready');
    output += chunk.toString();
    if (signal !== undefined && isFirst && output.includes('ready')) child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops a service on %s and ends with 0', async (signal) => {
    const child = service("return { stop: async () => console.log('stopped') };");
    expect(await endOf(child, signal)).toMatchObject({ code: 0, output: expect.stringContaining('stopped') });
  });

  it('ends with 0 when it is told to stop before the start is complete', async () => {
    expect((await endOf(service('await new Promise(() => {});'), 'SIGTERM')).code).toBe(0);
  });

  it('ends with 1 when the start fails', async () => {
    expect(await endOf(service("throw new Error('no');"))).toMatchObject({
      code: 1,
      output: expect.stringContaining('cannot start'),
    });
  });

  it('ends with 1 when stopping takes longer than its grace', async () => {
    expect((await endOf(service('return { stop: () => new Promise(() => {}) };'), 'SIGTERM')).code).toBe(1);
  });

  it('survives a promise that nobody waited for', async () => {
    const child = service("void Promise.reject(new Error('lost')); return { stop: async () => {} };");
    expect((await endOf(child, 'SIGTERM')).code).toBe(0);
  });
});
