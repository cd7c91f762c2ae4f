import { describe, expect, it } from 'vitest';
import { latencyOf, percentile } from './statistics.ts';
import { parseOptions } from './options.ts';

describe('percentile', () => {
  it.each([
    [[5, 1, 3], 0.5, 3],
    [[5, 1, 3], 1, 5],
    [[1, 2, 3, 4], 0.5, 2],
    [[7], 0.95, 7],
  ])('of %j at %d', (samples, share, value) => expect(percentile(samples, share)).toBe(value));

  it('says nothing of no samples', () => expect(latencyOf([])).toEqual({ p50: NaN, p95: NaN, max: NaN }));
});

describe('parseOptions', () => {
  it('measures a system of its own by default', () =>
    expect(parseOptions([])).toMatchObject({ apps: 200, idleSeconds: 20, system: undefined }));

  it('takes a system that is up', () =>
    expect(
      parseOptions(['--kubeconfig=k', '--api-url=http://x', '--password=p', '--pids=a=1,b=2'])?.system,
    ).toEqual({
      kubeconfig: 'k',
      apiUrl: 'http://x',
      password: 'p',
      namespace: 'argocd',
      pids: { a: 1, b: 2 },
    }));

  it('measures all parts, but those with clusters of their own only where it starts them', () => {
    expect(parseOptions([])?.parts).toEqual(['many-apps', 'large-app', 'two-clusters', 'api']);
    expect(parseOptions(['--kubeconfig=k', '--api-url=http://x', '--password=p'])?.parts).toEqual([
      'many-apps',
      'large-app',
      'api',
    ]);
    expect(parseOptions(['--part', 'large-app'])?.parts).toEqual(['large-app']);
  });

  it.each([['--part=all'], ['--apps=many'], ['--kubeconfig=k']])('refuses %s', (flag) =>
    expect(() => parseOptions([flag])).toThrow(),
  );
});
