import { readFileSync } from 'node:fs';
import type { Application, ApplicationSpec, AppProjectSpec, KubeObject } from '@tiphys/model';
import { startGitServer, type GitServer } from '@tiphys/testing/git-server';
import { sharedKubeEnv, type KubeAccess, type TestNamespace } from '@tiphys/testing/kube-env';
import { poll } from '@tiphys/testing/processes';
import { parseYamlDocuments } from '@tiphys/yaml';
import { startRepoServer, type RunningRepoServer } from '../../../repo-server/src/testing/running.ts';
import { startController } from './start-controller.ts';

const MERGE = 'application/merge-patch+json';
const PATIENCE_MS = 60_000;

/** An Application as specs write it: its spec, and marks on it. */
export interface Sketch extends Partial<ApplicationSpec> {
  readonly annotations?: Readonly<Record<string, string>>;
  /** Files of its repository, which has its name; absent where the source is given. */
  readonly files?: Readonly<Record<string, string>>;
  /** `spec.syncPolicy.automated` with prune and self-heal. */
  readonly isAuto?: boolean;
}

/** A real API server, git server and repo-server, with the controller in this process. */
export class GitStage {
  readonly kube: KubeAccess;
  readonly git: GitServer;
  readonly control: TestNamespace;
  readonly target: TestNamespace;
  readonly #repoServer: RunningRepoServer;
  #controller: { stop(): Promise<void> } | undefined;

  private constructor(parts: {
    readonly kube: KubeAccess;
    readonly git: GitServer;
    readonly control: TestNamespace;
    readonly target: TestNamespace;
    readonly repoServer: RunningRepoServer;
  }) {
    this.kube = parts.kube;
    this.git = parts.git;
    this.control = parts.control;
    this.target = parts.target;
    this.#repoServer = parts.repoServer;
  }

  static async open(args: readonly string[] = []): Promise<GitStage> {
    const [kube, git, repoServer] = await Promise.all([sharedKubeEnv(), startGitServer(), startRepoServer()]);
    await kube.applyAll(['applications', 'appprojects', 'applicationsets'].map(crd) as never);
    const [control, target] = await Promise.all([
      kube.createNamespace('control'),
      kube.createNamespace('target'),
    ]);
    const stage = new GitStage({ kube, git, control, target, repoServer });
    await stage.project('default', {});
    await stage.settings({});
    stage.#controller = await startController({
      kube,
      namespace: control.name,
      repoServer: repoServer.client,
      args,
    });
    return stage;
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    await this.#repoServer.close();
    await this.git.close();
    await this.control.remove();
    await this.target.remove();
  }

  /** A project that permits everything, with what is given. */
  async project(name: string, spec: AppProjectSpec): Promise<void> {
    await this.#apply('AppProject', name, {
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        ...spec,
      },
    });
  }

  /** All that `argocd-cm` says. */
  settings(data: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#apply('ConfigMap', 'argocd-cm', { apiVersion: 'v1', data });
  }

  async application(name: string, sketch: Sketch): Promise<void> {
    const { annotations, files, isAuto = false, ...spec } = sketch;
    if (files !== undefined) await this.git.createRepo(name, files);
    await this.kube.request('POST', this.#path(), {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name, namespace: this.control.name, annotations },
      spec: {
        project: 'default',
        source: { repoURL: this.git.url(name), path: '.', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: this.target.name },
        ...(isAuto ? { syncPolicy: { automated: { prune: true, selfHeal: true } } } : {}),
        ...spec,
      },
    });
  }

  patch(name: string, patch: object): Promise<unknown> {
    return this.kube.request('PATCH', this.#path(name), patch, MERGE);
  }

  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<unknown> {
    return this.patch(name, { metadata: { annotations } });
  }

  refresh(name: string): Promise<unknown> {
    return this.annotate(name, { 'argocd.argoproj.io/refresh': 'normal' });
  }

  /** A sync by hand, as the API server writes it. */
  sync(name: string): Promise<unknown> {
    const operation = { initiatedBy: { username: 'admin' }, sync: {} };
    return this.patch(name, { operation, status: { operationState: null } });
  }

  async app(name: string): Promise<Application> {
    return this.kube.request<Application>('GET', this.#path(name));
  }

  /** Waits until a check of an Application holds; the failure tells how it was last. */
  async until(name: string, what: string, check: (app: Application) => boolean): Promise<Application> {
    let last: Application | undefined;
    try {
      await poll(async () => check((last = await this.app(name))), {
        what: `${name} ${what}`,
        timeoutMs: PATIENCE_MS,
        intervalMs: 100,
      });
    } catch (cause) {
      throw new Error(`${name} never ${what}: ${JSON.stringify(last?.status)}`, { cause });
    }
    return last as unknown as Application;
  }

  synced(name: string, revision?: string): Promise<Application> {
    return this.until(
      name,
      `was Synced${revision === undefined ? '' : ` to ${revision}`}`,
      ({ status, operation }) =>
        operation === undefined &&
        status?.sync?.status === 'Synced' &&
        (revision === undefined || status.sync.revision === revision),
    );
  }

  /** The data of a config map in the target; undefined where there is none. */
  async data(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    const found = await this.kube.find<KubeObject & { readonly data?: Readonly<Record<string, string>> }>({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      namespace: this.target.name,
    });
    return found?.data;
  }

  editData(name: string, data: Readonly<Record<string, string>>): Promise<unknown> {
    return this.kube.request(
      'PATCH',
      `/api/v1/namespaces/${this.target.name}/configmaps/${name}`,
      { data },
      MERGE,
    );
  }

  #path(name = ''): string {
    const list = `/apis/argoproj.io/v1alpha1/namespaces/${this.control.name}/applications`;
    return name === '' ? list : `${list}/${name}`;
  }

  #apply(kind: string, name: string, content: object): Promise<unknown> {
    return this.kube.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind,
      metadata: { name, namespace: this.control.name },
      ...content,
    } as never);
  }
}

function crd(name: string): unknown {
  const file = new URL(`../../../../k8s/crds/${name}.yaml`, import.meta.url);
  return parseYamlDocuments(readFileSync(file, 'utf8'), { file: name })[0];
}

/** A config map as YAML with one value `v`, in a wave where one is given. */
export const configMap = (name: string, value: string, wave = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${
    wave === '' ? '' : `  annotations: { argocd.argoproj.io/sync-wave: "${wave}" }\n`
  }data:\n  v: "${value}"\n---\n`;

/** A persistent volume claim that nobody binds, so that its wave never gets healthy. */
export const stuckClaim = (name: string, wave: string): string =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: ${name}\n` +
  `  annotations: { argocd.argoproj.io/sync-wave: "${wave}" }\n` +
  `spec:\n  accessModes: [ReadWriteOnce]\n  resources: { requests: { storage: 1Mi } }\n---\n`;
