import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import { explain } from './errors.ts';

const failed = (stderr: string): TiphysError =>
  new TiphysError('failed-precondition', `git failed (exit code 128): ${stderr}`);

describe('explain', () => {
  it.each([
    ["fatal: repository 'https://h/x/' not found", 'not-found'],
    ["fatal: unable to access 'https://h/x/': The requested URL returned error: 403", 'permission-denied'],
    ["fatal: Authentication failed for 'https://h/x/'", 'unauthenticated'],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'unauthenticated'],
    [
      'git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'unauthenticated',
    ],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'failed-precondition'],
    ["fatal: unable to access 'https://h/': The requested URL returned error: 302", 'failed-precondition'],
    [
      "fatal: unable to access 'https://h/': SSL certificate problem: unable to get local issuer certificate",
      'failed-precondition',
    ],
    ["fatal: unable to access 'https://h/': Could not resolve host: h", 'unavailable'],
    [
      "fatal: unable to access 'http://h/': Failed to connect to h port 80: Connection refused",
      'unavailable',
    ],
    ['fatal: the remote end hung up unexpectedly\nfatal: early EOF', 'unavailable'],
    ['fatal: remote error: upload-pack: not our ref 0123', 'not-found'],
    ['error: file write error: No space left on device', 'resource-exhausted'],
    ["fatal: unable to access 'https://h/': getpeername() failed with errno 107", 'unavailable'],
    ['something new', 'unknown'],
  ])('%s', (stderr, code) => {
    const error = explain(failed(stderr), 'fetching from', 'https://h/x');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^fetching from https:\/\/h\/x failed: /);
  });

  it('does not take a repository for a reason', () => {
    const stderr = "fatal: odd thing at 'https://h/certificate-pack-not found/': mystery";
    expect(explain(failed(stderr), 'fetching from', 'x').code).toBe('unknown');
  });

  it('keeps other codes and says that nobody answered', () => {
    const late = explain(new TiphysError('deadline', 'git was killed'), 'listing the refs of', 'r');
    expect(late).toMatchObject({
      code: 'deadline',
      message: expect.stringContaining('did not answer') as string,
    });
    expect(explain(new TiphysError('not-found', 'no git'), 'a', 'r').code).toBe('not-found');
  });

  it('drops control characters of the far side', () => {
    expect(explain(failed('fatal: \u001b[31mred\u0007'), 'a', 'r').message).not.toMatch(/\p{Cc}/u);
  });
});
