import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { findRepository, parseTenancy, usableBy, type RepositorySettings } from './index.ts';

const readJson = (text: string): JsonValue => JSON.parse(text) as JsonValue;
const read = (data: Record<string, string>) => {
  const mistakes: string[] = [];
  return { ...parseTenancy(data, readJson, mistakes), mistakes };
};

describe('parseTenancy', () => {
  it('is closed and plain by default', () => {
    expect(read({})).toEqual({
      globalProjects: [],
      impersonation: { enabled: false, enforced: true },
      mistakes: [],
    });
  });

  it('reads global projects and impersonation', () => {
    const entry = {
      projectName: 'base',
      labelSelector: {
        matchLabels: { tier: 'prod' },
        matchExpressions: [{ key: 'size', operator: 'Gt', values: [4] }],
      },
    };
    expect(
      read({
        globalProjects: JSON.stringify([entry]),
        'application.sync.impersonation.enabled': 'true',
        'application.sync.impersonation.enforced': 'false',
      }),
    ).toEqual({
      globalProjects: [
        {
          projectName: 'base',
          labelSelector: {
            matchLabels: { tier: 'prod' },
            matchExpressions: [{ key: 'size', operator: 'Gt', values: ['4'] }],
          },
        },
      ],
      impersonation: { enabled: true, enforced: false },
      mistakes: [],
    });
  });

  it.each([
    ['{', 'globalProjects: '],
    ['{}', 'globalProjects: is not a list'],
    ['[{"labelSelector":{}}]', 'globalProjects[0]: names no project'],
    ['["base"]', 'globalProjects[0]: names no project'],
  ])('names what makes no sense in %s', (text, mistake) => {
    const { globalProjects, mistakes } = read({ globalProjects: text });
    expect([globalProjects, mistakes.join()]).toEqual([[], expect.stringContaining(mistake)]);
  });
});

describe('repositories of projects', () => {
  const repository = (name: string, project?: string) => ({
    url: 'https://git/x.git',
    type: 'git' as const,
    name,
    password: name,
    ...(project === undefined ? {} : { project }),
  });
  const settings = (...repositories: ReturnType<typeof repository>[]): RepositorySettings => ({
    repositories,
    templates: [],
    tlsCertificates: {},
    knownHosts: '',
  });
  const found = (given: RepositorySettings, project: string) =>
    findRepository(given, { repoURL: 'https://git/x' }, project).name;

  it.each<[string, RepositorySettings, string | undefined]>([
    ['its own before those of all', settings(repository('all'), repository('mine', 'team')), 'mine'],
    ['those of all', settings(repository('all'), repository('theirs', 'other')), 'all'],
    ['an empty project as none', settings(repository('all', '')), 'all'],
    ['never those of another', settings(repository('theirs', 'other')), undefined],
  ])('takes %s', (_name, given, name) => expect(found(given, 'team')).toBe(name));

  it('hands out no credentials of others, whatever the project is called', () => {
    const all = [repository('all'), repository('mine', 'team'), repository('theirs', 'other')];
    expect(usableBy(all, 'team').map(({ name }) => name)).toEqual(['all', 'mine']);
    expect(usableBy(all, '').map(({ name }) => name)).toEqual(['all']);
  });
});
