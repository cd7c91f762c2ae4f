import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@tiphys/model';
import { isWebUrl, networkingOf } from './index.ts';

const object = (apiVersion: string, kind: string, rest: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  ...rest,
});

const ingress = (spec: object, rest: { status?: object; annotations?: object } = {}): KubeObject =>
  object(
    'networking.k8s.io/v1',
    'Ingress',
    { spec, ...(rest.status === undefined ? {} : { status: rest.status }) },
    { annotations: rest.annotations ?? {} },
  );

const rule = (host: string | undefined, ...paths: readonly string[]): object => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: paths.map((path) => ({ path, backend: { service: { name: 'web' } } })) },
});

const balancer = { loadBalancer: { ingress: [{ ip: '10.0.0.1' }, { hostname: 'lb.example.com' }] } };
const toWeb = { targetRefs: [{ kind: 'Service', namespace: 'shop', name: 'web' }] };

describe('networking info', () => {
  it.each<[string, KubeObject, object | undefined]>([
    ['a config map', object('v1', 'ConfigMap'), undefined],
    ['a pod', object('v1', 'Pod', {}, { labels: { app: 'web' } }), { labels: { app: 'web' } }],
    ['a pod without labels', object('v1', 'Pod'), undefined],
    [
      'a service',
      object('v1', 'Service', { spec: { selector: { app: 'web' } } }),
      { targetLabels: { app: 'web' } },
    ],
    ['a service without a selector', object('v1', 'Service', { spec: {} }), undefined],
    [
      'a load balancer',
      object('v1', 'Service', { spec: { type: 'LoadBalancer', selector: { a: 'b' } }, status: balancer }),
      { targetLabels: { a: 'b' }, ingress: balancer.loadBalancer.ingress },
    ],
    [
      'a service of another group',
      object('serving.knative.dev/v1', 'Service', { spec: { selector: { app: 'web' } } }),
      undefined,
    ],
    [
      'an ingress',
      ingress({ rules: [rule('shop.example.com', '/')], tls: [{ hosts: ['shop.example.com'] }] }),
      { ...toWeb, externalURLs: ['http://shop.example.com/'] },
    ],
    [
      'an ingress with a certificate',
      ingress({ rules: [rule('a.example.com', '/x', '/y*')], tls: [{ secretName: 'tls' }] }),
      { ...toWeb, externalURLs: ['https://a.example.com/x', 'https://a.example.com/y'] },
    ],
    [
      'an ingress without a host',
      ingress(
        { defaultBackend: { service: { name: 'all' } }, rules: [rule(undefined, '/')] },
        { status: balancer },
      ),
      {
        targetRefs: [{ kind: 'Service', namespace: 'shop', name: 'all' }, ...toWeb.targetRefs],
        ingress: balancer.loadBalancer.ingress,
        externalURLs: ['http://10.0.0.1/', 'http://lb.example.com/'],
      },
    ],
    [
      'an ingress of old',
      object('extensions/v1beta1', 'Ingress', { spec: { backend: { serviceName: 'web' } } }),
      toWeb,
    ],
    [
      'an ingress without links of its own',
      ingress(
        { rules: [rule('a.example.com', '/')] },
        {
          annotations: {
            'argocd.argoproj.io/ignore-default-links': 'true',
            'link.argocd.argoproj.io/docs': 'Docs|https://docs.example.com/a|b',
          },
        },
      ),
      toWeb,
    ],
    [
      'an ingress with links',
      ingress(
        { rules: [{ host: 'a.example.com' }] },
        { annotations: { 'link.argocd.argoproj.io/docs': 'Docs|https://docs.example.com' } },
      ),
      { externalURLs: ['Docs|https://docs.example.com', 'http://a.example.com'] },
    ],
    [
      'a link that would run',
      object('v1', 'ConfigMap', {}, { annotations: { 'link.argocd.argoproj.io/x': 'javascript:alert(1)' } }),
      undefined,
    ],
    [
      'a virtual service',
      object('networking.istio.io/v1', 'VirtualService', {
        spec: {
          http: [{ route: [{ destination: { host: 'web' } }, { destination: { host: 'pay.money.svc' } }] }],
          tcp: [{ route: [{ destination: { host: 'web' } }] }],
        },
      }),
      {
        targetRefs: [
          { kind: 'Service', namespace: 'shop', name: 'web' },
          { kind: 'Service', namespace: 'money', name: 'pay' },
        ],
      },
    ],
    [
      'a service entry',
      object('networking.istio.io/v1', 'ServiceEntry', {
        spec: { workloadSelector: { labels: { app: 'vm' } } },
      }),
      { targetLabels: { app: 'vm' } },
    ],
  ])('of %s', (_name, given, info) => expect(networkingOf(given)).toEqual(info));
});

describe('isWebUrl', () => {
  it.each([
    ['https://a.example.com', true],
    ['HTTP://a.example.com/x?y', true],
    ['javascript:alert(1)', false],
    ['javascript://a.example.com/%0aalert(1)', false],
    ['data:text/html,x', false],
    ['//a.example.com', false],
    ['https://', false],
    ['https:///x', false],
    ['', false],
  ])('%s: %s', (text, is) => expect(isWebUrl(text)).toBe(is));
});
