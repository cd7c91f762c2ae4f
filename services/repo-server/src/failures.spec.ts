import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Logger, LogFields } from '@tiphys/ports';
import { explained, reporting } from './failures.ts';
import { renderRequest } from './testing/running.ts';

const system = (code: string): Error => Object.assign(new Error(`${code}: /work/secret/path`), { code });

describe('explained', () => {
  it.each([
    ['ENOSPC', 'resource-exhausted'],
    ['EMFILE', 'resource-exhausted'],
    ['EROFS', 'failed-precondition'],
  ])('%s', (code, expected) => {
    const error = explained(system(code)) as TiphysError;
    expect(error).toMatchObject({ code: expected });
    expect(error.message).not.toContain('/work');
  });

  it.each([system('EIO'), new TiphysError('invalid', 'x'), new Error('y'), 'z'])('%s stays', (error) => {
    expect(explained(error)).toBe(error);
  });
});

describe('reporting', () => {
  it('logs users faults quietly and ours loudly', async () => {
    const lines: [string, LogFields | undefined][] = [];
    const log =
      (level: string) =>
      (_message: string, fields?: LogFields): void =>
        void lines.push([level, fields]);
    const logger: Logger = {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      with: () => logger,
    };
    const failing = (error: Error): ReturnType<typeof reporting> => {
      const fail = (): Promise<never> => Promise.reject(error);
      return reporting(
        {
          render: fail,
          resolveRevision: fail,
          revisionMetadata: fail,
          hasChanges: fail,
          testRepository: fail,
          verifyRevision: fail,
          listPlugins: fail,
          listRefs: fail,
          listCharts: fail,
          listApps: fail,
          listDirectories: fail,
          readFiles: fail,
          appDetails: fail,
          artifactMetadata: fail,
          renderFiles: fail,
        },
        logger,
      );
    };
    const request = renderRequest('https://h/r');
    await expect(failing(new TiphysError('not-found', 'x')).render(request)).rejects.toThrow('x');
    await expect(failing(new TypeError('bug')).resolveRevision(request)).rejects.toThrow('bug');
    await expect(failing(system('ENOSPC')).testRepository(request.repository)).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    expect(lines.map(([level, fields]) => [level, fields?.['request']])).toEqual([
      ['info', 'render'],
      ['error', 'resolveRevision'],
      ['info', 'testRepository'],
    ]);
  });
});
