import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finalizers, type KubeObject } from '@tiphys/model';
import { poll } from '@tiphys/testing/processes';
import { configMap, GitStage } from '../testing/git-stage.ts';

let stage: GitStage;

beforeAll(async () => {
  stage = await GitStage.open();
});

afterAll(() => stage.close());

const list = (): string => `/apis/argoproj.io/v1alpha1/namespaces/${stage.control.name}`;

const projectNamed = (name: string): Promise<KubeObject | undefined> =>
  stage.kube.find<KubeObject>({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    name,
    namespace: stage.control.name,
  });

async function deleted(name: string, ...others: readonly string[]): Promise<void> {
  await stage.project(name, {});
  const metadata = { finalizers: [finalizers.resources, ...others] };
  await stage.kube.request(
    'PATCH',
    `${list()}/appprojects/${name}`,
    { metadata },
    'application/merge-patch+json',
  );
}

const remove = (path: string): Promise<unknown> => stage.kube.request('DELETE', `${list()}/${path}`);

describe('a deleted project with the finalizer', { timeout: 120_000 }, () => {
  it('stays while an Application names it, and goes with the last one', async () => {
    await deleted('used');
    await stage.application('user', {
      project: 'used',
      files: { 'a.yaml': configMap('user', '1') },
      isAuto: true,
    });
    await stage.synced('user');
    await remove('appprojects/used');
    const commit = await stage.git.commit('user', { 'a.yaml': configMap('user', '2') }, 'two');
    await stage.refresh('user');
    await stage.synced('user', commit);
    expect(await projectNamed('used')).toBeDefined();
    await remove('applications/user');
    await poll(async () => (await projectNamed('used')) === undefined, { what: 'the project is gone' });
  });

  it('goes when its last Application moves elsewhere', async () => {
    await deleted('left');
    await stage.application('mover', { project: 'left', files: { 'a.yaml': configMap('mover', '1') } });
    await stage.until('mover', 'is compared', ({ status }) => status?.sync?.status === 'OutOfSync');
    await remove('appprojects/left');
    await stage.patch('mover', { spec: { project: 'default' } });
    await poll(async () => (await projectNamed('left')) === undefined, { what: 'the project is gone' });
  });

  it('loses that finalizer alone', async () => {
    await deleted('shared', 'example.com/other');
    await remove('appprojects/shared');
    const others = await poll(
      async () => {
        const { finalizers: names = [] } = (await projectNamed('shared'))?.metadata ?? {};
        return names.includes(finalizers.resources) ? undefined : names;
      },
      { what: 'the finalizer is gone' },
    );
    expect(others).toEqual(['example.com/other']);
    const path = `${list()}/appprojects/shared`;
    const metadata = { finalizers: null };
    await stage.kube.request('PATCH', path, { metadata }, 'application/merge-patch+json');
  });
});
