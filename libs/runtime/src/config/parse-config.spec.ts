import { describe, expect, it } from 'vitest';
import { flags, parseConfig } from './index.ts';
import { parseGoDuration } from './go-duration.ts';

const spec = {
  port: { kind: flags.port, help: 'Port to listen on.', default: '8081', env: ['X_PORT'] },
  insecure: { kind: flags.boolean, help: 'Serve without TLS.', default: 'false' },
  redis: { kind: flags.text, help: 'Redis address.' },
  appResync: { kind: flags.durationMs, help: 'Between two looks.', default: '120s' },
} as const;

const parse = (argv: string[], env: Record<string, string> = {}) =>
  parseConfig(spec, { program: 'tiphys-test', summary: 'A test.', argv, env });

const configOf = (argv: string[], env: Record<string, string> = {}) => {
  const outcome = parse(argv, env);
  if (outcome.type !== 'config') throw new Error('expected a config');
  return outcome.config;
};

describe('parseConfig', () => {
  it('takes defaults, then the environment, then flags', () => {
    expect(configOf([])).toEqual({ port: 8081, insecure: false, appResync: 120_000 });
    expect(configOf([], { X_PORT: '1' }).port).toBe(1);
    expect(configOf(['--port', '2'], { X_PORT: '1' }).port).toBe(2);
  });

  it('reads switches with and without a value and kebab-case names', () => {
    expect(configOf(['--insecure']).insecure).toBe(true);
    expect(configOf(['--insecure=false']).insecure).toBe(false);
    expect(configOf(['--app-resync=1m30s']).appResync).toBe(90_000);
    expect(configOf(['--redis=127.0.0.1:6379']).redis).toBe('127.0.0.1:6379');
  });

  it('reports every mistake at once and says how to get help', () => {
    expect(() => parse(['--port', 'x', '--nonsense', '--app-resync=later'])).toThrow(
      /unknown option --nonsense[\s\S]*--port: must be a port \(got 'x'\)[\s\S]*--app-resync: must be a duration[\s\S]*--help/u,
    );
  });

  it('names every option, its default and its environment in the help', () => {
    const outcome = parse(['--help']);
    expect(outcome.type === 'help' && outcome.text).toMatch(
      /--port .*Port to listen on\. \(default 8081; env X_PORT\)/u,
    );
  });
});

describe('parseGoDuration', () => {
  it.each([
    ['180', 180_000],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['', undefined],
    ['5 minutes', undefined],
    ['-1s', undefined],
  ])('%s', (text, ms) => expect(parseGoDuration(text)).toBe(ms));
});
