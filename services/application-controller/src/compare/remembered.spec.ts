import { describe, expect, it } from 'vitest';
import { TiphysError } from '@tiphys/model';
import type { Desired, DesiredOrder } from './desired.ts';
import { isOutOfReach, remembered, type RenderedFrom } from './remembered.ts';

const SHA = 'a'.repeat(40);
const from: RenderedFrom = {
  sources: [{ repoURL: 'https://git/x', path: 'web', targetRevision: 'main' }],
  project: 'default',
  server: 'https://k',
  namespace: 'shop',
  kubeVersion: 'v1.36.3',
  kinds: 60,
};
const rendered = { objects: [], contentHash: 'h', revisions: [SHA], sourceTypes: [], integrity: [] };
const before: Desired = { rendered, prepared: {} as Desired['prepared'], from, key: 'k' };
const order: DesiredOrder = {
  sources: from.sources,
  revisions: [SHA],
  refreshRevision: false,
  noCache: false,
};
const [source] = from.sources;

describe('what was rendered before', () => {
  it('stands in for the same sources at the same commits', () => {
    expect(remembered(order, from, before)).toBe(rendered);
  });

  it('does, whatever name the commit goes by', () => {
    const other = { ...from, sources: [{ ...source, repoURL: 'https://git/x', targetRevision: 'v1' }] };
    expect(remembered(order, other, before)).toBe(rendered);
  });

  it.each<[string, Partial<DesiredOrder>, Partial<RenderedFrom>]>([
    ['another commit', { revisions: ['b'.repeat(40)] }, {}],
    ['the newest commit', { revisions: [''] }, {}],
    ['no revision at all', { revisions: [] }, {}],
    ['another path', {}, { sources: [{ repoURL: 'https://git/x', path: 'api' }] }],
    ['another project', {}, { project: 'shop' }],
    ['another cluster', {}, { server: 'https://far' }],
    ['another namespace', {}, { namespace: 'other' }],
    ['a newer cluster', {}, { kubeVersion: 'v1.37.0' }],
    ['other kinds', {}, { kinds: 61 }],
    ['a hard refresh', { noCache: true }, {}],
    ['manifests that were given', { manifests: [{}] }, {}],
  ])('does not for %s', (_what, asked, made) => {
    expect(remembered({ ...order, ...asked }, { ...from, ...made }, before)).toBe(undefined);
  });

  it('does only where nobody renders', () => {
    expect(isOutOfReach(new TiphysError('unavailable', 'repo-server: no connection'))).toBe(true);
    const cause = new TiphysError('deadline', 'no answer');
    expect(isOutOfReach(new TiphysError('failed-precondition', 'source 1 of 1', { cause }))).toBe(true);
    expect(isOutOfReach(new TiphysError('invalid', 'cm.yaml cannot be read'))).toBe(false);
    expect(isOutOfReach(new TiphysError('permission-denied', 'not permitted'))).toBe(false);
  });
});
