import { describe, expect, it } from 'vitest';
import { localize, placeServices, type LocalNames } from './rewrite.ts';

const names: LocalNames = {
  ports: new Map([
    [8080, 31_080],
    [8081, 31_081],
  ]),
  mounts: new Map([
    ['/tmp', '/tmp/pods/a/v/tmp'],
    ['/app/config', '/tmp/pods/a/v/config'],
    ['/app/config/tls', '/tmp/pods/a/v/tls'],
  ]),
  services: new Map([
    ['argocd-repo-server:8081', 32_081],
    ['argocd-redis:6379', 32_379],
  ]),
  namespace: 'argocd',
};

describe('localize', () => {
  it.each([
    ['8080', '31080'],
    ['--port=8081', '--port=31081'],
    [':8080', ':31080'],
    ['0.0.0.0:8080', '0.0.0.0:31080'],
    ['18080', '18080'],
    ['8080s', '8080s'],
    ['argocd-repo-server:8081', '127.0.0.1:32081'],
    ['argocd-repo-server.argocd:8081', '127.0.0.1:32081'],
    ['argocd-repo-server.argocd.svc:8081', '127.0.0.1:32081'],
    ['argocd-repo-server.argocd.svc.cluster.local:8081', '127.0.0.1:32081'],
    ['argocd-repo-server.other.svc:8081', 'argocd-repo-server.other.svc:31081'],
    ['my-argocd-redis:6379', 'my-argocd-redis:6379'],
    ['redis://:secret@argocd-redis:6379/0', 'redis://:secret@127.0.0.1:32379/0'],
    ['argocd-redis:63790', 'argocd-redis:63790'],
    ['/tmp', '/tmp/pods/a/v/tmp'],
    ['/app/config/tls/ca.crt', '/tmp/pods/a/v/tls/ca.crt'],
    ['/app/config/other', '/tmp/pods/a/v/config/other'],
    ['/app/configuration', '/app/configuration'],
    ['/srv/tmp', '/srv/tmp'],
    ['--dir=/tmp:/app/config', '--dir=/tmp/pods/a/v/tmp:/tmp/pods/a/v/config'],
    ['', ''],
    ['plain text', 'plain text'],
  ])('reads %j as %j', (text, expected) => {
    expect(localize(text, names)).toBe(expected);
  });
});

describe('placeServices', () => {
  const pod = {
    labels: { app: 'server', extra: 'x' },
    ports: new Map([
      ['8080', 31_080],
      ['server', 31_080],
    ]),
  };

  it('follows selectors and target ports by number, name or default', () => {
    const service = (
      name: string,
      port: number,
      targetPort?: number | string,
    ): Parameters<typeof placeServices>[0][0] => ({
      metadata: { name },
      spec: {
        selector: { app: 'server' },
        ports: [targetPort === undefined ? { port } : { port, targetPort }],
      },
    });
    const placed = placeServices(
      [
        service('named', 443, 'server'),
        service('numbered', 80, 8080),
        service('plain', 8080),
        service('unknown', 1, 'nothing'),
        { metadata: { name: 'headless' }, spec: {} },
        { metadata: { name: 'foreign' }, spec: { selector: { app: 'other' }, ports: [{ port: 8080 }] } },
      ],
      [pod],
    );
    expect(Object.fromEntries(placed)).toEqual({
      'named:443': 31_080,
      'numbered:80': 31_080,
      'plain:8080': 31_080,
    });
  });
});
