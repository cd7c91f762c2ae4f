import { describe, expect, it } from 'vitest';
import { buildEnvironment } from './build-environment.ts';
import { substituteEnv } from './substitute-env.ts';

const env = { ARGOCD_APP_NAME: 'web', A: '1', EMPTY: '' };

describe('substituteEnv', () => {
  it.each([
    ['$ARGOCD_APP_NAME', 'web'],
    ['x-${ARGOCD_APP_NAME}-y', 'x-web-y'],
    ['$A$A', '11'],
    ['$A.b', '1.b'],
    ['$Ab', ''],
    ['${Ab}', ''],
    ['[$EMPTY]', '[]'],
    ['$$A', '$A'],
    ['$$$A', '$1'],
    ['$${A}', '${A}'],
    ['a$', 'a$'],
    ['$ x', '$ x'],
    ['$(A)', '$(A)'],
    ['cost: 5$ or $', 'cost: 5$ or $'],
    ['$1', ''],
    ['${}', ''],
    ['no reference', 'no reference'],
    ['${constructor}', ''],
  ])('%s becomes %s', (text, result) => {
    expect(substituteEnv(text, env)).toBe(result);
  });
});

describe('buildEnvironment', () => {
  it('holds the eleven variables', () => {
    expect(
      buildEnvironment({
        appName: 'web',
        destinationNamespace: 'shop',
        project: 'default',
        revision: '0123456789abcdef',
        path: 'apps/web',
        repoURL: 'https://git.example.com/a.git',
        targetRevision: 'main',
        kubeVersion: '1.36.3',
        apiVersions: ['apps/v1', 'v1'],
      }),
    ).toEqual({
      ARGOCD_APP_NAME: 'web',
      ARGOCD_APP_NAMESPACE: 'shop',
      ARGOCD_APP_PROJECT_NAME: 'default',
      ARGOCD_APP_REVISION: '0123456789abcdef',
      ARGOCD_APP_REVISION_SHORT: '0123456',
      ARGOCD_APP_REVISION_SHORT_8: '01234567',
      ARGOCD_APP_SOURCE_PATH: 'apps/web',
      ARGOCD_APP_SOURCE_REPO_URL: 'https://git.example.com/a.git',
      ARGOCD_APP_SOURCE_TARGET_REVISION: 'main',
      KUBE_VERSION: '1.36.3',
      KUBE_API_VERSIONS: 'apps/v1,v1',
    });
  });
});
