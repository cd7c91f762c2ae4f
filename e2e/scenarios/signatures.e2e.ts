import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, givenTiphys } from '@tiphys/testing/given';
import { poll, privateFolder } from '@tiphys/testing/processes';
import { createSigner, type Signer, type SigningKey } from '@tiphys/testing/signing';

let tiphys: Awaited<ReturnType<typeof givenTiphys>>;
let folder: Awaited<ReturnType<typeof privateFolder>>;
let signer: Signer;
/** Signs for the team; the control plane knows it from the start. */
let ann: SigningKey;
/** Has a key of its own that nobody told the control plane of. */
let eve: SigningKey;

beforeAll(async () => {
  [folder, signer] = await Promise.all([privateFolder('e2e-signatures'), createSigner()]);
  [ann, eve] = [await signer.newKey('Ann'), await signer.newKey('Eve')];
  tiphys = await givenTiphys({
    git: { directory: folder.path },
    values: { config: { gpgKeys: { [ann.id]: await signer.publicKey(ann) } } },
  });
});

afterAll(async () => {
  await tiphys.close();
  await signer.close();
  await folder.remove();
});

const anywhere = { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] };

const path = (repository: string): string => join(folder.path, `${repository}.git`);

const files = (name: string, value: string) => ({ 'cm.yaml': configMap(name, value) });

/** A commit with the value, signed by a key or by nobody. */
async function commits(name: string, value: string, key?: SigningKey): Promise<string> {
  const draft = await tiphys.git.commit(name, files(name, value), value, { branch: 'draft' });
  const signing = key === undefined ? {} : { key };
  const sha = await signer.commit({ repository: path(name), files: draft, message: value, ...signing });
  return sha;
}

const problem = (sha: string, who: string, verdict: string): RegExp =>
  new RegExp(`^GIT/GPG: Failed verifying revision ${sha} by '${who} <[^>]+>': ${verdict}$`, 'u');

/** A repository whose first commit is signed by nobody. */
async function repository(name: string): Promise<string> {
  await rm(path(name), { recursive: true, force: true });
  const first = await tiphys.git.createRepo(name, files(name, '0'));
  await tiphys.git.branch(name, 'draft', first);
  return tiphys.git.url(name);
}

/** Such a repository and an automated Application of a project. */
async function given(name: string, project: string, targetRevision = 'main'): Promise<void> {
  const repoURL = await repository(name);
  await tiphys.application(name, { project, auto: true, source: { repoURL, path: '.', targetRevision } });
}

describe('a project that names keys', () => {
  beforeAll(() => tiphys.project('keyed', { ...anywhere, signatureKeys: [{ keyID: ann.id }] }));

  it('Given an unsigned commit, When one of its keys signs the next, Then only that one is live', async () => {
    await given('signed', 'keyed');
    const refused = await tiphys.hasCondition(
      'signed',
      'ComparisonError',
      /^GIT\/GPG: Failed verifying revision [0-9a-f]{40} by '[^']+': unsigned \(key_id=\)$/u,
    );
    expect(refused.status?.operationState).toBeUndefined();
    expect(await tiphys.data('signed')).toBeUndefined();

    await commits('signed', '1', ann);
    await tiphys.refresh('signed');
    const app = await tiphys.becomesSynced('signed');
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await tiphys.data('signed')).toEqual({ v: '1' });
  });

  it('Given a live revision, When somebody else signs or nobody does, Then it stays, and drift is told but not healed', async () => {
    await given('kept', 'keyed');
    await commits('kept', '1', ann);
    await tiphys.refresh('kept');
    await tiphys.becomesSynced('kept');

    const foreign = await commits('kept', 'by eve', eve);
    await tiphys.refresh('kept');
    const stranger = `signed with key not in keyring \\(key_id=${eve.id}\\)`;
    await tiphys.hasCondition('kept', 'ComparisonError', problem(foreign, 'Dev Eloper', stranger));

    const unsigned = await commits('kept', 'by nobody');
    await tiphys.refresh('kept');
    await tiphys.hasCondition(
      'kept',
      'ComparisonError',
      problem(unsigned, 'Dev Eloper', 'unsigned \\(key_id=\\)'),
    );
    expect(await tiphys.data('kept')).toEqual({ v: '1' });
    await tiphys.kube.remove({ apiVersion: 'v1', kind: 'ConfigMap', name: 'kept', namespace: tiphys.target });
    await tiphys.eventually('kept', 'is Missing', ({ status }) => status?.health?.status === 'Missing');
    expect(await tiphys.data('kept')).toBeUndefined();
    await commits('kept', '2', ann);
    await tiphys.refresh('kept');
    await tiphys.becomesLive('kept', { v: '2' });
  });

  it('Given an unsigned commit, When a sync of it is asked for by hand, Then it ends with the reason and writes nothing', async () => {
    await given('by-hand', 'keyed');
    await tiphys.patch('by-hand', { spec: { syncPolicy: null } });
    await tiphys.hasCondition('by-hand', 'ComparisonError', /unsigned/u);
    await tiphys.sync('by-hand');
    const app = await tiphys.eventually(
      'by-hand',
      'ended its sync',
      ({ status, operation }) => operation === undefined && status?.operationState?.finishedAt !== undefined,
    );
    expect(app.status?.operationState).toMatchObject({
      phase: 'Error',
      message: expect.stringMatching(/^ComparisonError: GIT\/GPG: Failed verifying revision .* unsigned/u),
    });
    expect(await tiphys.data('by-hand')).toBeUndefined();

    const local = { manifests: [JSON.stringify(localMap)] };
    await tiphys.operate('by-hand', { sync: local });
    await tiphys.eventually(
      'by-hand',
      'refused local files',
      ({ status }) =>
        status?.operationState?.message?.includes(
          'Cannot use local manifests when source integrity is enforced',
        ) === true,
    );
    expect(await tiphys.data('local')).toBeUndefined();
  });

  it('Given a key that nobody knew, When the operator adds it and the project names it, Then its commits sync', async () => {
    const bob = await signer.newKey('Bob');
    await tiphys.project('joined', { ...anywhere, signatureKeys: [{ keyID: bob.id }] });
    await given('joined', 'joined');
    const sha = await commits('joined', '1', bob);
    await tiphys.refresh('joined');
    const unknown = `signed with key not in keyring \\(key_id=${bob.id}\\)`;
    await tiphys.hasCondition('joined', 'ComparisonError', problem(sha, 'Dev Eloper', unknown));

    await tiphys.setting('argocd-gpg-keys-cm', { [bob.id]: await signer.publicKey(bob) });
    await poll(
      async () => {
        await tiphys.refresh('joined', 'hard');
        return (await tiphys.data('joined'))?.['v'] === '1';
      },
      { what: 'the commit of the new key is live', timeoutMs: 60_000, intervalMs: 1_000 },
    );
    const app = await tiphys.becomesSynced('joined');
    expect(app.status?.conditions ?? []).toEqual([]);
  });

  it('Given a key of the keyring that the project does not name, When it signs, Then the project refuses it', async () => {
    await tiphys.project('others', { ...anywhere, signatureKeys: [{ keyID: eve.id }] });
    await given('others', 'others');
    const sha = await commits('others', '1', ann);
    await tiphys.refresh('others');
    const unallowed = `signed with unallowed key \\(key_id=${ann.id}\\)`;
    await tiphys.hasCondition('others', 'ComparisonError', problem(sha, 'Dev Eloper', unallowed));
    expect(await tiphys.data('others')).toBeUndefined();
  });
});

const localMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'local' },
  data: { v: 'local' },
};

describe('policies of source integrity', () => {
  const policy = (mode: string, ...urls: readonly string[]) => ({
    repos: urls.map((url) => ({ url })),
    gpg: { mode, keys: [ann.id] },
  });
  const project = (name: string, ...policies: readonly object[]) =>
    tiphys.project(name, { ...anywhere, sourceIntegrity: { git: { policies } } });

  it('Given mode head, When the tag is signed and its commit is not, Then it syncs; a light tag does not', async () => {
    await project('tagged', policy('head', '*'));
    await given('tagged', 'tagged', 'v1');
    const sha = await commits('tagged', '1');
    await tiphys.git.tag('tagged', 'v1', sha);
    await tiphys.refresh('tagged');
    await tiphys.hasCondition(
      'tagged',
      'ComparisonError',
      problem(sha, 'Dev Eloper', 'unsigned \\(key_id=\\)'),
    );
    await signer.tag(path('tagged'), { name: 'v2', at: sha, key: ann });
    await tiphys.patch('tagged', { spec: { source: { targetRevision: 'v2' } } });
    const app = await tiphys.becomesSynced('tagged');
    expect(app.status?.sync?.revision).toBe(sha);
    expect(await tiphys.data('tagged')).toEqual({ v: '1' });
  });

  it('Given mode strict, When history holds an unsigned commit, Then it syncs only from a seal on', async () => {
    await project('strict', policy('strict', '*'));
    await given('strict', 'strict');
    await commits('strict', '1', ann);
    await tiphys.refresh('strict');
    await tiphys.hasCondition('strict', 'ComparisonError', /: unsigned \(key_id=\)$/u);
    expect(await tiphys.data('strict')).toBeUndefined();

    const draft = await tiphys.git.commit('strict', files('strict', '2'), '2', { branch: 'draft' });
    const message = 'Vouch for what came before\n\nArgocd-gpg-seal: reviewed';
    await signer.commit({ repository: path('strict'), files: draft, message, key: ann });
    await tiphys.refresh('strict');
    await tiphys.becomesSynced('strict');
    expect(await tiphys.data('strict')).toEqual({ v: '2' });
  });

  it('Given policies by repository, When two lend files to one Application, Then each is held to its own', async () => {
    const free = await repository('free');
    const sorted = await repository('sorted');
    await project('sorted', policy('none', free), policy('head', '*', `!${free}`));
    await tiphys.application('both', {
      project: 'sorted',
      auto: true,
      sources: [
        { repoURL: free, path: '.', targetRevision: 'main' },
        { repoURL: sorted, ref: 'values', targetRevision: 'main' },
      ],
    });
    await tiphys.hasCondition('both', 'ComparisonError', /^GIT\/GPG: source 2 of 2: .*: unsigned/u);
    await commits('sorted', '1', ann);
    await tiphys.refresh('both');
    const app = await tiphys.becomesSynced('both');
    expect(app.status?.conditions ?? []).toEqual([]);
    expect(await tiphys.data('free')).toEqual({ v: '0' });

    await project('sorted', policy('none', free), policy('head', '*'));
    await tiphys.hasCondition(
      'both',
      'ComparisonError',
      /multiple \(2\) git source integrity policies found/u,
    );
  });
});
