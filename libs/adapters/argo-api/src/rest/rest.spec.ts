import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { apiSchema } from '../schema/load.ts';
import { tokenCookieNames, tokenCookies, tokenFromCookies } from './cookie.ts';
import { parseFields } from './fields.ts';
import { restRequest } from './request.ts';
import { Router } from './router.ts';
import type { Match } from './router.ts';
import { isCrossSite } from './same-origin.ts';

const router = new Router(apiSchema().methods.values());

function match(verb: string, path: string): Match {
  const found = router.find(verb, path);
  if (found.type !== 'match') throw new Error(`${verb} ${path}: ${found.type}`);
  return found.match;
}

const request = (verb: string, url: string, body = ''): unknown => {
  const [path = '', query = ''] = url.split('?');
  return restRequest(match(verb, path), new URLSearchParams(query), body);
};

describe('times in a query', () => {
  const logs = '/api/v1/applications/gb/logs';
  it.each([
    ['sinceTime=2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
    ['sinceTime=2024-05-01T12:00:00%2B02:00', '2024-05-01T10:00:00.000Z'],
    ['sinceTime.seconds=1714557600', '2024-05-01T10:00:00.000Z'],
    ['sinceTime.other=1', undefined],
  ])('%s', (query, sinceTime) => {
    expect(request('GET', `${logs}?${query}`)).toEqual({
      name: 'gb',
      ...(sinceTime === undefined ? {} : { sinceTime }),
    });
  });

  it.each(['sinceTime=now', 'sinceTime=', 'sinceTime.seconds=99999999999999999'])(
    '%s is refused',
    (query) => {
      expect(() => request('GET', `${logs}?${query}`)).toThrow('is no time');
    },
  );
});

describe('Router', () => {
  it.each([
    ['GET', '/api/v1/applications', '/application.ApplicationService/List', {}],
    ['GET', '/api/v1/applications/', '/application.ApplicationService/Get', { name: '' }],
    ['GET', '/api/v1/applications/a%2Fb', '/application.ApplicationService/Get', { name: 'a/b' }],
    [
      'GET',
      '/api/v1/repositories/http%3A%2F%2Fx%2Fy',
      '/repository.RepositoryService/Get',
      { repo: 'http://x/y' },
    ],
    ['GET', '/api/v1/repositories', '/repository.RepositoryService/List', {}],
    ['GET', '/api/v1/clusters/https%3A%2F%2Fx', '/cluster.ClusterService/Get', { 'id.value': 'https://x' }],
    [
      'GET',
      '/api/v1/account/can-i/applications/sync/default/gb',
      '/account.AccountService/CanI',
      { resource: 'applications', action: 'sync', subresource: 'default/gb' },
    ],
    [
      'GET',
      '/api/v1/account/can-i/applications/sync',
      '/account.AccountService/CanI',
      { resource: 'applications', action: 'sync', subresource: '' },
    ],
    [
      'GET',
      '/api/v1/stream/applications/gb/resource-tree',
      '/application.ApplicationService/WatchResourceTree',
      { applicationName: 'gb' },
    ],
    ['GET', '/api/v1/applications/gb/logs', '/application.ApplicationService/PodLogs', { name: 'gb' }],
    ['GET', '/api/v1/applications/100%', '/application.ApplicationService/Get', { name: '100%' }],
  ])('%s %s', (verb, path, method, variables) => {
    const found = match(verb, path);
    expect(found.method.path).toBe(method);
    expect(found.variables).toEqual(variables);
  });

  it.each([
    ['PUT', '/api/v1/applications', 'wrong-verb'],
    ['HEAD', '/api/v1/applications', 'wrong-verb'],
    ['GET', '/api/v1/nonsense', 'none'],
    ['GET', '/api/v1/', 'none'],
    ['GET', '/api', 'none'],
  ])('%s %s is %s', (verb, path, type) => expect(router.find(verb, path).type).toBe(type));

  it('reaches every RPC that has a route', () => {
    for (const method of apiSchema().methods.values()) {
      for (const { verb, path } of method.http) {
        const found = match(verb, path.replaceAll(/\{[^}]*\}/g, 'x'));
        expect(found.method.http).toContainEqual(expect.objectContaining({ verb, path }));
      }
    }
  });
});

describe('restRequest', () => {
  it('takes path, repeated and nested query values', () => {
    expect(request('GET', '/api/v1/applications?projects=a&projects=b&selector=x%3Dy&bogus=1')).toEqual({
      projects: ['a', 'b'],
      selector: 'x=y',
    });
    expect(request('GET', '/api/v1/clusters/in-cluster?id.type=name')).toEqual({
      id: { value: 'in-cluster', type: 'name' },
    });
  });

  it('fills the message that the body selects and the rest from the query', () => {
    expect(
      request('POST', '/api/v1/applications?upsert=true&validate=0', '{"metadata":{"name":"a"}}'),
    ).toEqual({
      application: { metadata: { name: 'a' } },
      upsert: true,
      validate: false,
    });
  });

  it('takes the whole request from the body, and no query then', () => {
    expect(
      request('POST', '/api/v1/applications/gb/sync?prune=true', '{"dryRun":true,"name":"other"}'),
    ).toEqual({
      dryRun: true,
      name: 'gb',
    });
  });

  it('lets the name in a body win over the name in the path', () => {
    const body = '{"metadata":{"name":"other"}}';
    expect(request('PUT', '/api/v1/applications/gb', body)).toEqual({
      application: { metadata: { name: 'other' } },
    });
    expect(request('PUT', '/api/v1/applications/gb', '{}')).toEqual({
      application: { metadata: { name: 'gb' } },
    });
  });

  it('reads a body that is a single value', () => {
    const url = '/api/v1/applications/gb/resource?resourceName=x&version=v1&kind=K&patchType=p';
    expect(request('POST', url, '"{}"')).toMatchObject({ patch: '{}', name: 'gb' });
    expect(() => request('POST', url, '{"a":1}')).toThrow(
      'json: cannot unmarshal object into Go value of type string',
    );
  });

  it.each([
    [
      'GET',
      '/api/v1/applications/gb/logs?tailLines=abc',
      'strconv.ParseInt: parsing "abc": invalid syntax',
      'invalid',
    ],
    [
      'POST',
      '/api/v1/applications?upsert=maybe',
      'strconv.ParseBool: parsing "maybe": invalid syntax',
      'invalid',
    ],
    [
      'POST',
      '/api/v1/applications',
      'grpc: error while marshaling: proto: required field "application" not set',
      'internal',
    ],
  ])('refuses %s %s', (verb, url, message, code) => {
    expect(() => request(verb, url)).toThrow(expect.objectContaining({ message, code }));
  });
});

describe('parseFields', () => {
  const value = {
    metadata: { rv: '1' },
    items: [{ metadata: { name: 'a', uid: 'u' }, spec: { x: 1 } }, { metadata: { name: 'b' } }],
  };

  it.each([
    [
      'items.metadata.name',
      { metadata: { rv: '1' }, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] },
    ],
    ['items.spec,metadata', { items: [{ spec: { x: 1 } }, {}], metadata: { rv: '1' } }],
    ['-items.metadata,items.spec', { metadata: { rv: '1' }, items: [{}, {}] }],
    [
      '-items.metadata.uid',
      {
        metadata: { rv: '1' },
        items: [{ metadata: { name: 'a' }, spec: { x: 1 } }, { metadata: { name: 'b' } }],
      },
    ],
    ['nothing', { metadata: { rv: '1' } }],
  ])('%s', (text, expected) => expect(parseFields(text, ['metadata'])?.apply(value)).toEqual(expected));

  it('keeps nothing else where nothing has to stay', () => {
    expect(parseFields('items.spec.x')?.apply(value)).toEqual({ items: [{ spec: { x: 1 } }, {}] });
  });

  it('selects nothing where nothing is asked', () => expect(parseFields('')).toBeUndefined());
});

describe('token cookies', () => {
  it('keep a short token in one', () => {
    expect(tokenCookies('a.b.c', { path: '/', secure: false })).toEqual([
      'argocd.token=a.b.c; path=/; SameSite=lax; httpOnly',
    ]);
    expect(tokenCookies('a.b.c', { path: '/x', secure: true })).toEqual([
      'argocd.token=a.b.c; path=/x; SameSite=lax; httpOnly; Secure',
    ]);
  });

  it('split a long one so that it can be joined again', () => {
    const token = 'x'.repeat(10_000);
    const cookies = tokenCookies(token, { path: '/', secure: true });
    expect(cookies.length).toBeGreaterThan(2);
    for (const cookie of cookies) expect(cookie.length).toBeLessThanOrEqual(4_093);
    const header = cookies
      .map((cookie) => cookie.split(';')[0])
      .reverse()
      .join('; ');
    expect(tokenFromCookies(header)).toBe(token);
    expect(tokenCookieNames(header)).toHaveLength(cookies.length);
  });

  it('refuse a token that no browser could keep', () => {
    expect(() => tokenCookies('x'.repeat(100_000), { path: '/', secure: true })).toThrow(/cookies/);
  });

  it.each([
    [undefined, undefined],
    ['other=1', undefined],
    ['argocd.token=', undefined],
    ['argocd.token=a=b', 'a=b'],
    ['argocd.token=2:abc', undefined],
    ['argocd.token=2:abc; argocd.token-1=def', 'abcdef'],
  ])('%s', (header, token) => expect(tokenFromCookies(header)).toBe(token));
});

describe('isCrossSite', () => {
  const from = (headers: Record<string, string>): IncomingMessage => {
    const message = new IncomingMessage(new Socket());
    Object.assign(message.headers, headers);
    return message;
  };
  it.each([
    [{ host: 'a.example' }, false],
    [{ host: 'a.example', origin: 'https://a.example' }, false],
    [{ host: 'a.example', origin: 'https://b.example' }, true],
    [{ host: 'a.example', origin: 'null' }, true],
    [{ host: 'a.example', 'sec-fetch-site': 'same-origin', origin: 'https://proxy.example' }, false],
    [{ host: 'a.example', 'sec-fetch-site': 'same-site' }, true],
    [{ host: 'a.example', 'sec-fetch-site': 'cross-site' }, true],
    [{ host: 'a.example', 'sec-fetch-site': 'none' }, false],
  ])('%j is %s', (headers, expected) =>
    expect(isCrossSite(from(headers as Record<string, string>))).toBe(expected),
  );
});
