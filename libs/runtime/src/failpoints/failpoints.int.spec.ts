import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateFolder, type PrivateFolder } from '@tiphys/testing/processes';
import { armedPoint, FAILPOINTS, parseFailpoints } from './index.ts';

const program = fileURLToPath(new URL('./fixtures/passing.ts', import.meta.url));
let folder: PrivateFolder;

beforeAll(async () => {
  folder = await privateFolder('failpoints');
});

afterAll(() => folder.remove());

const run = (TIPHYS_FAILPOINT: string, TIPHYS_FAILPOINT_MARK = '') => {
  const { signal, stdout } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    env: { TIPHYS_FAILPOINT, TIPHYS_FAILPOINT_MARK },
  });
  return { signal, passed: stdout.split('\n').filter((line) => line !== '') };
};

const all = ['wave-begin', 'wave-end', 'wave-begin'];

describe('a failpoint', () => {
  it.each([
    ['', null, all],
    ['apply-before', null, all],
    ['wave-end', 'SIGKILL', all.slice(0, 2)],
    ['wave-begin:2', 'SIGKILL', all],
    ['wave-begin:3', null, all],
  ])('chosen as %j ends the process with %s', (chosen, signal, passed) => {
    expect(run(chosen)).toEqual({ signal, passed });
  });

  it('kills once where that is noted, then the next one does', () => {
    const mark = join(folder.path, 'mark');
    const runs = [1, 2, 3].map(() => run('wave-end,wave-begin', mark).passed.length);
    expect(runs).toEqual([2, 1, 3]);
  });

  it('is one of at least 25 names, each of its own', () => {
    expect(new Set(FAILPOINTS).size).toBe(FAILPOINTS.length);
    expect(FAILPOINTS.length).toBeGreaterThanOrEqual(25);
    expect(armedPoint(parseFailpoints('wave-begin,wave-end'), 'wave-begin\n')).toEqual({
      name: 'wave-end',
      nth: 1,
    });
    expect(() => parseFailpoints('no-such-point')).toThrow(
      /no-such-point names no failpoint; known: operation-begin/,
    );
  });
});
