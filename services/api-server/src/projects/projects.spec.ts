import { describe, expect, it } from 'vitest';
import type { AppProject, ProjectToken } from '@tiphys/model';
import { differingKeys } from './differing-keys.ts';
import { roleTokens, withRoleTokens, withTokensInStep } from './role-tokens.ts';
import { checkWindows } from './windows.ts';

const projectWith = (
  inSpec: readonly ProjectToken[],
  inStatus: Readonly<Record<string, readonly ProjectToken[]>>,
): AppProject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'p' },
  spec: { roles: [{ name: 'ci', jwtTokens: inSpec }, { name: 'other' }] },
  status: {
    jwtTokensByRole: Object.fromEntries(Object.entries(inStatus).map(([role, items]) => [role, { items }])),
  },
});

const a = { id: 'a', iat: 1 };
const b = { id: 'b', iat: 2, exp: 9 };

describe('tokens of a role', () => {
  it.each([
    ['in both places', [a, b], { ci: [a, b] }, [b, a]],
    ['in the role alone', [a], {}, [a]],
    ['in the status alone', [], { ci: [b] }, [b]],
    ['in each place another', [a], { ci: [b] }, [b, a]],
    ['of a role that is gone', [], { gone: [a] }, []],
    ['without ids, told apart by their time', [{ iat: 3 }], { ci: [{ iat: 4 }] }, [{ iat: 4 }, { iat: 3 }]],
  ])('%s', (_what, inSpec, inStatus, expected) =>
    expect(roleTokens(projectWith(inSpec, inStatus), 'ci')).toEqual(expected),
  );

  it.each(['none', 'gone', '__proto__', 'constructor'])('of %s are none', (role) =>
    expect(roleTokens(projectWith([a], { gone: [b] }), role)).toEqual([]),
  );

  it('are written to both places, and those of roles that are gone are dropped', () => {
    const written = withTokensInStep(projectWith([a], { ci: [b], gone: [a] }));
    expect(written.spec.roles).toEqual([{ name: 'ci', jwtTokens: [b, a] }, { name: 'other' }]);
    expect(written.status).toEqual({ jwtTokensByRole: { ci: { items: [b, a] }, other: {} } });
    expect(roleTokens(withRoleTokens(written, 'ci', [a]), 'ci')).toEqual([a]);
  });
});

describe('keys that differ', () => {
  it.each([
    [{ description: 'a' }, { description: 'b' }, 'Description'],
    [{ sourceRepos: ['*'] }, {}, 'SourceRepos,0'],
    [
      { destinations: [{ server: 's', namespace: 'n', name: '' }] },
      {},
      'Destinations,0,Server,Destinations,0,Namespace',
    ],
    [{ syncWindows: [{ kind: 'deny' }] }, { syncWindows: [{ kind: 'allow' }] }, 'SyncWindows,0,Kind'],
    [{ description: '', roles: [] }, {}, ''],
    [{ sourceRepos: ['a', 'b'] }, { sourceRepos: ['a', 'c'] }, 'SourceRepos,1'],
  ])('of %j and %j are %s', (existing, given, keys) => expect(differingKeys(existing, given)).toBe(keys));
});

describe('windows', () => {
  const window = { kind: 'allow', schedule: '0 22 * * *', duration: '1h', applications: ['*'] };
  it.each([
    [{ ...window, kind: 'maybe' }, 'invalid', "kind 'maybe' mismatch"],
    [{ ...window, schedule: 'nope' }, 'invalid', 'nope'],
    [{ ...window, duration: 'long' }, 'invalid', 'long'],
    [{ ...window, applications: [] }, 'out-of-range', 'requires one of application, cluster or namespace'],
  ])('%j: %s', (bad, code, message) =>
    expect(() => checkWindows([bad])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    ),
  );
  it('must not be there twice', () => {
    expect(() => checkWindows([window, window])).toThrow('already exists');
    expect(() => checkWindows([window, { ...window, applications: ['a'] }])).not.toThrow();
  });
});
