import { describe, expect, it } from 'vitest';
import type { Application } from '@tiphys/model';
import { NOT_FOUND, UNKNOWN, stateOfApp, stateOfProjects } from './badge-state.ts';
import type { BadgeState } from './badge-state.ts';
import { badgeSvg } from './badge-svg.ts';
import type { BadgeLook } from './badge-svg.ts';

const app = (health?: string, sync?: string, revision?: string): Application =>
  ({
    metadata: { name: 'shop' },
    spec: { project: 'default', destination: {}, source: { repoURL: 'x' } },
    status: {
      ...(health === undefined ? {} : { health: { status: health } }),
      ...(sync === undefined ? {} : { sync: { status: sync } }),
      ...(revision === undefined ? {} : { operationState: { syncResult: { revision } } }),
    },
  }) as unknown as Application;

describe('the state of a badge', () => {
  it.each<[Application, Partial<BadgeState>]>([
    [app('Healthy', 'Synced', 'abc'), { health: 'Healthy', sync: 'Synced', name: 'shop', revision: 'abc' }],
    [app(), { health: 'Unknown', sync: 'Unknown', revision: '' }],
    [app('<script>', 'x'), { health: 'Unknown', sync: 'Unknown' }],
  ])('of an Application', (one, state) => expect(stateOfApp(one)).toMatchObject(state));

  it.each<[readonly Application[], Partial<BadgeState>]>([
    [[], UNKNOWN],
    [[app('Healthy', 'Synced'), app('Healthy', 'Synced')], { health: 'Healthy', sync: 'Synced' }],
    [[app('Healthy', 'Synced'), app('Progressing', 'Synced')], { health: 'Degraded', sync: 'Synced' }],
    [[app('Healthy', 'Synced'), app('Healthy', 'Unknown')], { health: 'Healthy', sync: 'OutOfSync' }],
  ])('of projects', (apps, state) => expect(stateOfProjects(apps)).toMatchObject(state));
});

describe('a badge', () => {
  const plain: BadgeLook = { revision: false, fullRevision: false, name: false, width: undefined };
  const healthy = stateOfApp(app('Healthy', 'Synced', '0123456789abcdef'));
  const size = (svg: string): unknown => /^<svg width="(\d+)" height="(\d+)"/.exec(svg)?.slice(1).map(Number);
  const textOf = (svg: string, id: string): string | undefined =>
    new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(svg)?.[1];
  const colourOf = (svg: string, id: string): string | undefined =>
    new RegExp(`id="${id}" fill="([^"]*)"`).exec(svg)?.[1];

  it.each<[Partial<BadgeLook>, readonly number[], string | undefined, string | undefined]>([
    [{}, [131, 20], undefined, undefined],
    [{ revision: true }, [192, 20], '(0123456)', undefined],
    [{ revision: true, fullRevision: true }, [400, 20], '(0123456789abcdef)', undefined],
    [{ name: true }, [131, 40], undefined, 'shop'],
    [{ width: 250 }, [250, 20], undefined, undefined],
    [{ name: true, revision: true, width: 300 }, [300, 40], '(0123456)', 'shop'],
  ])('%j', (look, expected, revision, title) => {
    const svg = badgeSvg(healthy, { ...plain, ...look });
    expect(size(svg)).toEqual(expected);
    expect([textOf(svg, 'revisionText'), textOf(svg, 'titleText')]).toEqual([revision, title]);
  });

  it.each([
    ['Healthy', 'Synced', 'rgb(11, 97, 42)', 'rgb(11, 97, 42)'],
    ['Progressing', 'OutOfSync', 'rgb(16, 61, 102)', 'rgb(189, 115, 0)'],
    ['Suspended', 'Unknown', 'rgb(41, 52, 61)', 'rgb(115, 31, 77)'],
    ['Degraded', 'Synced', 'rgb(167, 46, 38)', 'rgb(11, 97, 42)'],
    ['Missing', 'Synced', 'rgb(115, 31, 77)', 'rgb(11, 97, 42)'],
    ['Unknown', 'Unknown', 'rgb(115, 31, 77)', 'rgb(115, 31, 77)'],
  ])('of %s and %s', (health, sync, left, right) => {
    const svg = badgeSvg(stateOfApp(app(health, sync)), plain);
    expect([textOf(svg, 'leftText'), textOf(svg, 'rightText')]).toEqual([health, sync]);
    expect([colourOf(svg, 'leftRect'), colourOf(svg, 'rightRect')]).toEqual([left, right]);
  });

  it('of what is not there says so', () => {
    const svg = badgeSvg(NOT_FOUND, { ...plain, name: true, revision: true });
    expect([textOf(svg, 'leftText'), textOf(svg, 'rightText'), size(svg)]).toEqual([
      'Not Found',
      '',
      [131, 20],
    ]);
  });

  it('grows with the name, and lets nothing out of its texts', () => {
    const name = 'a-very-long-name-of-an-application';
    expect(size(badgeSvg({ ...healthy, name }, { ...plain, name: true }))).toEqual([name.length * 6, 40]);
    const evil = badgeSvg(
      { ...healthy, revision: '</text><script>"\u0000\u2028' },
      { ...plain, revision: true, fullRevision: true },
    );
    expect(evil).not.toContain('<script');
    expect(evil).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
