import { describe, expect, it } from 'vitest';
import { appOf } from '../testing/apps.ts';
import { formatSummary, type WindowState } from './app-summary.ts';

const summary = (windows: WindowState, app = appOf()): string =>
  formatSummary(app, { url: 'https://u', windows });

describe('formatSummary', () => {
  it.each<[string, WindowState, string]>([
    ['no windows', 'none', 'SyncWindow:         Sync Allowed\n'],
    ['an open one', { canSync: true, assignedWindows: [] }, 'SyncWindow:         Sync Allowed\n'],
    [
      'a closed one',
      { canSync: false, assignedWindows: [{ kind: 'deny', schedule: '* * * * *', duration: '1h' }] },
      'SyncWindow:         Sync Denied\nAssigned Windows:   deny:* * * * *:1h\n',
    ],
    [
      'a closed one that lets manual syncs through',
      { canSync: true, activeWindows: [{ kind: 'deny' }] },
      'SyncWindow:         Manual Allowed\n',
    ],
    [
      'windows that cannot be read',
      { unknown: 'not allowed' },
      'SyncWindow:         Unknown (not allowed)\n',
    ],
  ])('tells of %s', (_what, windows, lines) => {
    expect(summary(windows)).toContain(lines);
  });

  it('tells the message of a health', () => {
    const app = appOf({ status: { health: { status: 'Degraded', message: 'crashes' } } });
    expect(summary('none', app)).toContain('Health Status:      Degraded (crashes)\n');
  });

  it('lists several sources', () => {
    const sources = [
      { repoURL: 'one', path: 'p', helm: { valueFiles: ['a', 'b'] } },
      { repoURL: 'two', ref: 'vals' },
    ];
    expect(summary('none', appOf({ spec: { sources } }))).toContain(
      [
        'Sources:',
        '- Repo:             one',
        '  Target:           ',
        '  Path:             p',
        '  Helm Values:      a,b',
        '- Repo:             two',
        '  Target:           ',
        '  Ref:              vals',
        '',
      ].join('\n'),
    );
  });
});
