import { describe, expect, it } from 'vitest';
import { apiSchema } from '@tiphys/adapter-argo-api';
import type { Call } from '@tiphys/adapter-argo-api';
import { TiphysError } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { createLogger } from '@tiphys/runtime/logging';
import type { Claims } from '../auth/claims.ts';
import { Audit } from './audit.ts';

const claims = { subject: 'ann' } as Claims;
const callWith = (metadata: Readonly<Record<string, string>> = {}): Call => ({
  transport: 'rest',
  peer: '192.0.2.1',
  signal: new AbortController().signal,
  metadata: (key) => metadata[key],
  setHeader: () => undefined,
});

function written(
  path: string,
  request: JsonObject,
  more: { readonly error?: unknown; readonly metadata?: Readonly<Record<string, string>> } = {},
): string[] {
  const lines: string[] = [];
  const audit = new Audit(createLogger({ service: 'test', write: (line) => void lines.push(line) }));
  const method = apiSchema().methods.get(path);
  if (method === undefined) throw new Error(path);
  const { error, metadata } = more;
  const entry = audit.begin({ method, request, call: callWith(metadata) });
  entry.claims = claims;
  entry.end(error);
  return lines;
}

const SYNC = '/application.ApplicationService/Sync';
const GET = '/application.ApplicationService/Get';

describe('what is written down', () => {
  it('is who changed what, from where and in which request', () => {
    const [line = ''] = written(
      SYNC,
      { name: 'shop', project: 'a', revision: 'main' },
      {
        metadata: { 'x-request-id': 'r-1', 'x-forwarded-for': '198.51.100.7' },
      },
    );
    expect(JSON.parse(line)).toMatchObject({
      msg: 'audit',
      user: 'ann',
      verb: SYNC,
      object: { name: 'shop', project: 'a', revision: 'main' },
      decision: 'allowed',
      source: '192.0.2.1',
      forwardedFor: '198.51.100.7',
      transport: 'rest',
      request: 'r-1',
    });
  });

  it.each([
    ['permission-denied', 'refused', 285],
    ['unauthenticated', 'refused', 287],
    ['resource-exhausted', 'refused', 770],
  ] as const)('is a read that ends with %s', (code, decision, CWE) => {
    const [line = ''] = written(GET, { name: 'shop' }, { error: new TiphysError(code, 'no') });
    expect(JSON.parse(line)).toMatchObject({ decision, code, CWE, security: expect.any(Number) });
  });

  it('is no read that went well, or that failed for another reason', () => {
    expect(written(GET, { name: 'shop' })).toEqual([]);
    expect(written(GET, { name: 'shop' }, { error: new TiphysError('not-found', 'no') })).toEqual([]);
  });

  it('is one line, whatever the names hold', () => {
    const lines = written(
      SYNC,
      { name: 'a\r\n{"msg":"audit","user":"admin"}\u2028' },
      { metadata: { 'x-request-id': 'a\nb' } },
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\r\n]/u);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ request: expect.stringMatching(/^[\w-]{36}$/u) });
  });

  it('holds the names of what is written, and nothing that is secret', () => {
    const repo = {
      repo: 'https://user:canary-1@git.example.com/a.git',
      username: 'bob',
      password: 'canary-2',
      sshPrivateKey: 'canary-3',
    };
    const [line = ''] = written('/repository.RepositoryService/CreateRepository', { repo });
    expect(line).not.toContain('canary');
    expect(line).toContain('git.example.com/a.git');
    const [login = ''] = written('/session.SessionService/Create', {
      username: 'bob',
      password: 'canary-4',
      token: 'canary-5',
    });
    expect(login).not.toContain('canary');
    expect(JSON.parse(login)).toMatchObject({ object: { username: 'bob' } });
  });
});
