import { configNames, labels } from '@tiphys/model';
import type { AppProject, Application, ApplicationSet, KubeObject } from '@tiphys/model';
import type { KubeApi, Logger } from '@tiphys/ports';
import { isNamespaceListed } from '@tiphys/project-policy';
import { ownKinds } from '@tiphys/runtime/watch';
import { ObjectStore } from '@tiphys/runtime/watch';

/** Marks secrets that `$name:key` in a setting may refer to (wire/config.tsv). */
const PART_OF = 'app.kubernetes.io/part-of=argocd';

export const TLS_SECRET = 'argocd-server-tls';

/** Everything the server knows of its cluster, kept by watches. */
export class Stores {
  readonly applications: ObjectStore<Application>;
  readonly applicationSets: ObjectStore<ApplicationSet>;
  readonly projects: ObjectStore<AppProject>;
  readonly settings: ObjectStore;
  /** `argocd-rbac-cm`. */
  readonly rbac: ObjectStore;
  readonly knownHosts: ObjectStore;
  readonly tlsCerts: ObjectStore;
  readonly gpgKeys: ObjectStore;
  readonly notifications: ObjectStore;
  /** `argocd-secret`. */
  readonly secret: ObjectStore;
  readonly tlsSecret: ObjectStore;
  /** Secrets that settings may refer to. */
  readonly referable: ObjectStore;
  /** Secrets of repositories, credential templates and clusters. */
  readonly declared: ObjectStore;

  constructor(options: {
    readonly api: KubeApi;
    readonly namespace: string;
    /** Other namespaces that Applications may live in; with any, the whole cluster is watched for them. */
    readonly applicationNamespaces: readonly string[];
    readonly logger: Logger;
  }) {
    const { api, namespace, logger } = options;
    const base = { api, logger };
    const named = (
      resource: (typeof ownKinds)[keyof typeof ownKinds],
      name: string,
    ): ObjectStore<KubeObject> =>
      new ObjectStore({ ...base, resource, selector: { namespace, fieldSelector: `metadata.name=${name}` } });
    const tenants = {
      selector: options.applicationNamespaces.length === 0 ? { namespace } : {},
      accepts: ({ metadata }: KubeObject) =>
        metadata.namespace === namespace ||
        isNamespaceListed(options.applicationNamespaces, metadata.namespace ?? ''),
    };
    this.applications = new ObjectStore({ ...base, ...tenants, resource: ownKinds.application });
    this.applicationSets = new ObjectStore({ ...base, ...tenants, resource: ownKinds.applicationSet });
    this.projects = new ObjectStore({ ...base, resource: ownKinds.project, selector: { namespace } });
    this.settings = named(ownKinds.configMap, configNames.cm);
    this.rbac = named(ownKinds.configMap, configNames.rbac);
    this.knownHosts = named(ownKinds.configMap, configNames.knownHosts);
    this.tlsCerts = named(ownKinds.configMap, configNames.tlsCerts);
    this.gpgKeys = named(ownKinds.configMap, configNames.gpgKeys);
    this.notifications = named(ownKinds.configMap, configNames.notificationsCm);
    this.secret = named(ownKinds.secret, configNames.secret);
    this.tlsSecret = named(ownKinds.secret, TLS_SECRET);
    this.referable = new ObjectStore({
      ...base,
      resource: ownKinds.secret,
      selector: { namespace, labelSelector: PART_OF },
    });
    this.declared = new ObjectStore({
      ...base,
      resource: ownKinds.secret,
      selector: { namespace, labelSelector: labels.secretType },
    });
  }

  get #all(): readonly (readonly [name: string, store: ObjectStore])[] {
    return [
      ['applications', this.applications as unknown as ObjectStore],
      ['application sets', this.applicationSets as unknown as ObjectStore],
      ['projects', this.projects as unknown as ObjectStore],
      [configNames.cm, this.settings],
      [configNames.rbac, this.rbac],
      [configNames.knownHosts, this.knownHosts],
      [configNames.tlsCerts, this.tlsCerts],
      [configNames.gpgKeys, this.gpgKeys],
      [configNames.notificationsCm, this.notifications],
      [configNames.secret, this.secret],
      [TLS_SECRET, this.tlsSecret],
      ['secrets of settings', this.referable],
      ['repository and cluster secrets', this.declared],
    ];
  }

  /** Resolves when every view is complete. */
  async start(): Promise<void> {
    await Promise.all(this.#all.map(([, store]) => store.start()));
  }

  /** Names what is not known yet. */
  notReady(): readonly string[] {
    return this.#all.filter(([, store]) => !store.isSynced).map(([name]) => name);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map(([, store]) => store.stop()));
  }
}
