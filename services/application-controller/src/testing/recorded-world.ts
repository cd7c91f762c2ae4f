import { readFileSync } from 'node:fs';
import { loadKubeconfig, makeKubeApi } from '@tiphys/adapter-kube';
import type { Application, KubeObject } from '@tiphys/model';
import { systemClock } from '@tiphys/runtime/clock';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { transitionOf, type Recordings, type Transition, type Translation } from '@tiphys/testing/recordings';
import { ensureTools } from '@tiphys/toolchain';
import { ensureGoWasm } from '@tiphys/wasm-tools';
import { parseYamlDocuments } from '@tiphys/yaml';
import { startRepoServer } from '../../../repo-server/src/testing/running.ts';
import { ownKinds } from '@tiphys/runtime/watch';
import { startController } from './start-controller.ts';

/** Where the recordings say that their git server is. */
const RECORDED_GIT = 'http://127.0.0.1:18091/git';

/** What the settings of the recorded control plane exclude, as far as the recordings need it. */
const EXCLUSIONS = '- apiGroups: ["", "discovery.k8s.io"]\n  kinds: ["Endpoints", "EndpointSlice"]\n';

/** The parts that recorded situations are replayed with: a real API server, git server, repo-server and controller. */
export class RecordedWorld {
  readonly kube: KubeAccess;
  readonly git: GitServer;
  readonly recordings: Recordings;
  /** The control plane's namespace of this run; recorded as `argocd`. */
  readonly control: string;
  readonly #moments = new Map<string, Transition[]>();

  constructor(parts: Pick<RecordedWorld, 'kube' | 'git' | 'recordings' | 'control'>) {
    this.kube = parts.kube;
    this.git = parts.git;
    this.recordings = parts.recordings;
    this.control = parts.control;
  }

  sha(commit: number): string {
    const sha = this.recordings.commits.get(`<git:apps/${commit}>`);
    if (sha === undefined) throw new Error(`no commit ${commit} was recorded`);
    return sha;
  }

  /** How the names of a run with this repository were recorded. */
  translation(repository: string): Translation {
    const shas = [...this.recordings.commits].map(([placeholder, sha]) => [sha, placeholder] as const);
    const short = shas.map(([sha, text]) => [sha.slice(0, 7), text.replace('<git:', '<git7:')] as const);
    return [
      ...shas,
      ...short,
      [this.git.url(repository), `${RECORDED_GIT}/apps.git`],
      [this.git.baseUrl, RECORDED_GIT],
      [this.control, 'argocd'],
    ];
  }

  /** Recorded objects in the names of this run. */
  inOurNames<T>(recorded: T, repository: string): T {
    const text = JSON.stringify(recorded)
      .replaceAll(`${RECORDED_GIT}/apps.git`, this.git.url(repository))
      .replaceAll(RECORDED_GIT, this.git.baseUrl)
      .replaceAll('"namespace":"argocd"', `"namespace":"${this.control}"`);
    return JSON.parse(text) as T;
  }

  /** What a watcher saw of an Application so far. */
  momentsOf(name: string): readonly Transition[] {
    return this.#moments.get(name) ?? [];
  }

  note(app: Application): void {
    const name = app.metadata.name ?? '';
    if (app.status?.sync === undefined) return;
    this.#moments.set(name, [...this.momentsOf(name), transitionOf(app)]);
  }
}

/** Starts everything; `close` leaves nothing behind. */
export async function startRecordedWorld(
  recordings: Recordings,
): Promise<RecordedWorld & { close(): Promise<void> }> {
  const tools = await ensureTools(['helm', 'kustomize', 'jsonnet']);
  const wasm = await ensureGoWasm();
  const [kube, git] = await Promise.all([sharedKubeEnv(), startGitServer()]);
  const repoServer = await startRepoServer([
    ...[...tools].map(([name, path]) => `--${name}=${path}`),
    `--go-wasm=${wasm}`,
  ]);
  const namespace = await installControlPlane(kube);
  const world = new RecordedWorld({ kube, git, recordings, control: namespace.name });
  const login = await loadKubeconfig({ clock: systemClock, path: kube.kubeconfigPath });
  const api = await makeKubeApi(login.connection, { clock: systemClock });
  const watcher = api.reflect(ownKinds.application, { namespace: namespace.name }, (event) => {
    if (event.type === 'upsert') world.note(event.object as unknown as Application);
  });
  const controller = await startController({
    kube,
    namespace: namespace.name,
    repoServer: repoServer.client,
  });
  return Object.assign(world, {
    close: async () => {
      await controller.stop();
      await watcher.stop();
      await api.close();
      await repoServer.close();
      await git.close();
      await namespace.remove();
    },
  });
}

async function installControlPlane(kube: KubeAccess) {
  const crds = ['applications', 'appprojects', 'applicationsets'].map((name) => {
    const file = new URL(`../../../../k8s/crds/${name}.yaml`, import.meta.url);
    return parseYamlDocuments(readFileSync(file, 'utf8'), { file: name })[0];
  });
  await kube.applyAll(crds as unknown as Parameters<KubeAccess['applyAll']>[0]);
  const namespace = await kube.createNamespace('recorded');
  await kube.apply({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: namespace.name },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  } as KubeObject as never);
  await kube.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace: namespace.name },
    data: { 'resource.exclusions': EXCLUSIONS },
  } as KubeObject as never);
  return namespace;
}
