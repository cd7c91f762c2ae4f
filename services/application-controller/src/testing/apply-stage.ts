import { refOf, stringAt, valueAt, type AppProject, type KubeObject, type ResourceRef } from '@tiphys/model';
import type { KubeAccess, TestNamespace } from '@tiphys/testing/kube-env';
import { startView, type StartedView } from './start-view.ts';
import { WriteGateway } from '../operation/write-gateway.ts';
import { applyObject, type ApplyOptions } from '../operation/apply/apply-object.ts';

const MERGE = 'application/merge-patch+json';

/** A cluster, a namespace and a gateway to it, for specs of how objects are written. `close` it. */
export class ApplyStage {
  readonly kube: KubeAccess;
  readonly namespace: string;
  readonly started: StartedView;
  readonly gateway: WriteGateway;
  readonly #home: TestNamespace;

  constructor(kube: KubeAccess, home: TestNamespace, started: StartedView) {
    this.kube = kube;
    this.namespace = home.name;
    this.#home = home;
    this.started = started;
    this.gateway = this.gatewayOf({});
  }

  static async open(kube: KubeAccess, prefix: string): Promise<ApplyStage> {
    const home = await kube.createNamespace(prefix);
    return new ApplyStage(kube, home, await startView(kube));
  }

  /** The gateway for a project that permits everything but what is said. */
  gatewayOf(spec: AppProject['spec']): WriteGateway {
    const project: AppProject = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default' },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
        ...spec,
      },
    };
    const destination = { server: 'https://x', name: 'x', namespace: this.namespace };
    return new WriteGateway(this.started.view, project, destination);
  }

  /** Applies an object over what is live now and says what was told of it. */
  async apply(target: KubeObject, options: Partial<ApplyOptions> = {}): Promise<string> {
    return applyObject(
      { ref: refOf(target), target, live: await this.live(target) },
      { gateway: this.gateway, dryRun: false, syncOptions: [], ...options },
    );
  }

  live(object: KubeObject): Promise<KubeObject | undefined> {
    const { apiVersion, kind } = object;
    const { name, namespace }: ResourceRef = refOf(object);
    return this.kube.find<KubeObject>({
      apiVersion,
      kind,
      name,
      ...(namespace === '' ? {} : { namespace }),
    });
  }

  /** Writes as somebody else would. */
  async edit(object: KubeObject, body: object, manager = 'somebody'): Promise<void> {
    await this.kube.request('PATCH', `${this.pathOf(object)}?fieldManager=${manager}`, body, MERGE);
  }

  pathOf({ apiVersion, kind, metadata }: KubeObject): string {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return `${base}/namespaces/${metadata.namespace ?? ''}/${kind.toLowerCase()}s/${metadata.name ?? ''}`;
  }

  configMap(name: string, data: Record<string, string>, marks: Record<string, string> = {}): KubeObject {
    return {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: this.namespace,
        ...(Object.keys(marks).length === 0 ? {} : { annotations: marks }),
      },
      data,
    };
  }

  async close(): Promise<void> {
    await this.started.view.close();
    await this.#home.remove();
  }
}

/** Who owns what of an object, as `manager operation`, with the data keys of config maps. */
export function ownersOf(object: KubeObject | undefined): Readonly<Record<string, readonly string[]>> {
  const entries = (object?.metadata.managedFields ?? []).map((entry) => {
    const data = Object.keys(valueAt(entry, 'fieldsV1', 'f:data') ?? {}).filter((key) => key !== '.');
    return [`${stringAt(entry, 'manager') ?? ''} ${stringAt(entry, 'operation') ?? ''}`, data] as const;
  });
  return Object.fromEntries(entries);
}
