import { describe, expect, it } from 'vitest';
import { parseIndex, type HelmIndex } from './index-file.ts';
import { splitIndex } from './split-index.ts';

const version = (number: string, more = ''): string =>
  `  - apiVersion: v2\n    created: "2026-01-01T00:00:00Z"\n    description: |-\n      some\n\n      text: here\n` +
  `    digest: ${'a'.repeat(64)}\n    urls:\n    - charts/x-${number}.tgz\n    version: ${number}\n${more}`;
const written =
  `apiVersion: v1\nentries:\n  web:\n${version('1.2.0')}${version('1.10.0', '    keywords:\n    - a\n')}` +
  `  "db":\n${version('0.1.0')}  3scale:\n  - version: "2.0"\ngenerated: "2026-01-01T00:00:00Z"\n`;

const asObject = (index: HelmIndex): object =>
  Object.fromEntries(index.names.map((name) => [name, index.versions(name)]));

describe('parseIndex', () => {
  it('reads what Helm writes, part by part, as it reads it whole', () => {
    expect(splitIndex(written)?.size).toBe(3);
    const whole = parseIndex(written.replace('entries:\n', 'entries: # all\n'), 'h');
    expect(asObject(parseIndex(written, 'h'))).toEqual(asObject(whole));
    const digest = 'a'.repeat(64);
    expect(parseIndex(written, 'h').versions('web')).toEqual([
      { version: '1.2.0', urls: ['charts/x-1.2.0.tgz'], digest },
      { version: '1.10.0', urls: ['charts/x-1.10.0.tgz'], digest },
    ]);
    expect(parseIndex(written, 'h').versions('3scale')).toEqual([
      { version: '2.0', urls: [], digest: undefined },
    ]);
    expect(parseIndex(written, 'h').versions('constructor')).toBeUndefined();
  });

  it.each<[string, string]>([
    ['JSON', '{"entries": {"web": [{"version": "1.0.0"}]}}'],
    ['other indentation', 'entries:\n    web:\n    - version: 1.0.0\n'],
    ['flow style', 'entries: {web: [{version: 1.0.0}]}\n'],
    ['flow style inside', 'entries:\n  web: [{version: 1.0.0}]\n'],
    ['an anchor', 'entries:\n  web:\n  - &a\n    version: 1.0.0\n'],
    ['Windows lines', 'entries:\r\n  web:\r\n  - version: 1.0.0\r\n'],
    ['a comment', '# hello\nentries:\n  # web\n  web:\n  - version: 1.0.0\n# end\nx: 1\n'],
  ])('reads %s', (_name, text) => {
    expect(asObject(parseIndex(text, 'h'))).toEqual({
      web: [{ version: '1.0.0', urls: [], digest: undefined }],
    });
  });

  it('leaves malformed versions out', () => {
    const text = 'entries:\n  web:\n  - version: 1.0.0\n  - name: no-version\n  - 3\n  other: {}\n';
    expect(parseIndex(text, 'h').versions('web')).toHaveLength(1);
    expect(parseIndex(text, 'h').versions('other')).toEqual([]);
  });

  it.each(['', '<html>', 'apiVersion: v1\n', '- a', 'entries: 3'])('refuses %j', (text) => {
    expect(() => parseIndex(text, 'charts.example.com')).toThrow(
      /charts\.example\.com did not answer with a Helm index|cannot read the index of charts\.example\.com/,
    );
  });

  it('answers for one chart of a large index at once', () => {
    const charts = Array.from(
      { length: 400 },
      (_, at) => `  chart-${String(at)}:\n${version('1.0.0').repeat(200)}`,
    );
    const large = `apiVersion: v1\nentries:\n${charts.join('')}`;
    const started = performance.now();
    expect(parseIndex(large, 'h').versions('chart-7')).toHaveLength(200);
    expect(large.length).toBeGreaterThan(15_000_000);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
