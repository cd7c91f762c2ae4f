import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, GitStage } from '../testing/git-stage.ts';

let stage: GitStage;

beforeAll(async () => {
  stage = await GitStage.open();
});

afterAll(() => stage.close());

const hook = (name: string, type: string, namespace = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${
    namespace === '' ? '' : `  namespace: ${namespace}\n`
  }  annotations: { argocd.argoproj.io/hook: ${type} }\n`;

/** A synced Application of a project of its own, with a hook of its deletion. */
async function given(name: string, type: string, hookText = hook(`${name}-hook`, type)): Promise<void> {
  await stage.project(name, {});
  await stage.application(name, {
    project: name,
    files: { 'a.yaml': configMap(name, '1'), 'hook.yaml': hookText },
    isAuto: true,
  });
  await stage.synced(name);
  await stage.until(name, 'is held for its hooks', ({ metadata }) =>
    (metadata.finalizers ?? []).some((finalizer) => finalizer.includes('delete-finalizer')),
  );
}

const remove = (name: string): Promise<unknown> =>
  stage.kube.request(
    'DELETE',
    `/apis/argoproj.io/v1alpha1/namespaces/${stage.control.name}/applications/${name}`,
  );

const release = (name: string): Promise<unknown> => stage.patch(name, { metadata: { finalizers: null } });

const blocked = (name: string, message: RegExp) =>
  stage.until(name, `has a DeletionError that says ${String(message)}`, ({ status }) =>
    (status?.conditions ?? []).some(
      ({ type, message: text }) => type === 'DeletionError' && message.test(text),
    ),
  );

describe('hooks of deletions under the rules of the project (CVE-2026-77459)', { timeout: 120_000 }, () => {
  it.each(['PreDelete', 'PostDelete'])('a %s hook of a kind that it denies is not created', async (type) => {
    const name = `denied-${type.toLowerCase()}`;
    await given(name, type);
    await stage.project(name, { namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }] });
    await remove(name);
    await blocked(name, new RegExp(`resource :ConfigMap is not permitted in project ${name}`, 'u'));
    expect(await stage.data(`${name}-hook`)).toBeUndefined();
    await release(name);
  });

  it('a hook for a namespace that it does not permit is not created', async () => {
    const name = 'smuggling';
    await given(name, 'PreDelete', hook('smuggled', 'PreDelete', stage.control.name));
    await stage.project(name, { destinations: [{ server: '*', namespace: stage.target.name }] });
    await remove(name);
    await blocked(name, /is not permitted in project 'smuggling'/u);
    const where = { apiVersion: 'v1', kind: 'ConfigMap', namespace: stage.control.name };
    expect(await stage.kube.find({ ...where, name: 'smuggled' })).toBeUndefined();
    await release(name);
  });

  it('a hook of a commit that is not signed as it demands is not created', async () => {
    const name = 'unsigned';
    await given(name, 'PreDelete');
    await stage.project(name, { signatureKeys: [{ keyID: 'D56C4FCA57A46444' }] });
    await stage.until(name, 'is compared anew', ({ status }) =>
      (status?.conditions ?? []).some(({ message }) => message.includes('unsigned')),
    );
    await remove(name);
    await blocked(
      name,
      /^hooks of the deletion: GIT\/GPG: Failed verifying revision [0-9a-f]{40} .* unsigned \(key_id=\)$/u,
    );
    expect(await stage.data(`${name}-hook`)).toBeUndefined();
    await release(name);
  });

  it('a hook from a repository that it does not permit any more is not created', async () => {
    const name = 'repository';
    await given(name, 'PreDelete');
    await stage.project(name, { sourceRepos: ['https://elsewhere.example.com/*'] });
    await stage.until(name, 'is refused', ({ status }) =>
      (status?.conditions ?? []).some(({ type }) => type === 'InvalidSpecError'),
    );
    await remove(name);
    await blocked(name, /is not permitted in project 'repository'/u);
    expect(await stage.data(`${name}-hook`)).toBeUndefined();
    await release(name);
  });
});
