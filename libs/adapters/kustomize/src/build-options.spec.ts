import { describe, expect, it } from 'vitest';
import { parseBuildOptions } from './build-options.ts';

describe('parseBuildOptions', () => {
  it.each<[string, string[], boolean]>([
    ['', [], false],
    ['--enable-helm', ['--enable-helm'], true],
    [
      '  --load-restrictor LoadRestrictionsNone   --enable-helm=false ',
      ['--load-restrictor=LoadRestrictionsNone', '--enable-helm=false'],
      false,
    ],
    ['--load_restrictor=none', ['--load-restrictor=LoadRestrictionsNone'], false],
    ['--reorder legacy', ['--reorder=legacy'], false],
  ])('%j', (text, flags, helm) => {
    expect(parseBuildOptions(text)).toEqual({ flags, helm });
  });

  it.each([
    ['--enable-exec', /--enable-exec is refused: it would let a repository run programs here/],
    ['--enable-alpha-plugins', /--enable-alpha-plugins is refused/],
    ['--enable-helm --helm-command ./x.sh', /--helm-command is refused/],
    ['--helm-command=./x.sh', /--helm-command is refused/],
    ['--network', /--network is refused/],
    ['-o ./x', /-o is refused/],
    ['--who-knows', /"--who-knows" is not a flag that can be set/],
    ['/etc', /"\/etc" is not a flag/],
    ['--reorder', /--reorder needs a value/],
    ['--load-restrictor maybe', /--load-restrictor has no value "maybe"/],
  ])('refuses %j', (text, message) => {
    expect(() => parseBuildOptions(text)).toThrow(message);
  });

  it('takes a dangerous flag that the operator lists', () => {
    expect(parseBuildOptions('--enable-exec', ['--enable-exec']).flags).toEqual(['--enable-exec']);
  });
});
