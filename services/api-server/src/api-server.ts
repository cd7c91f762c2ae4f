import { clusterOfSecret, inClusterConfig } from '@tiphys/adapter-kube';
import { Gateway, GrpcWeb, Mux, createGrpcServer } from '@tiphys/adapter-argo-api';
import type { GrpcServer, KeyPair } from '@tiphys/adapter-argo-api';
import { configNames } from '@tiphys/model';
import type {
  Cache,
  Clock,
  ClusterConnector,
  Counters,
  KubeApi,
  Logger,
  LuaRunner,
  PubSub,
  RepoServer,
} from '@tiphys/ports';
import { EventRecorder, enabledReasons } from '@tiphys/runtime/events';
import { eventLabelsOf, parseEventLabels } from '@tiphys/settings';
import { Dispatch } from './api/dispatch.ts';
import { applicationHandlers } from './applications/handlers.ts';
import { Authenticator } from './auth/authenticate.ts';
import { ensureDefaultProject } from './bootstrap/default-project.ts';
import { FirstStart } from './bootstrap/first-start.ts';
import { DestinationClusters } from './clusters/destination-clusters.ts';
import type { ApiServerConfig } from './config.ts';
import { httpHandler } from './http/handler.ts';
import { ProjectService } from './projects/project-service.ts';
import { Attempts } from './session/attempts.ts';
import { Logout } from './session/logout.ts';
import { Passwords } from './session/passwords.ts';
import { Renewal } from './session/renewal.ts';
import { Revocations } from './session/revocations.ts';
import { SessionService } from './session/session-service.ts';
import { ServerSettings } from './settings/server-settings.ts';
import { SettingsService } from './settings/settings-service.ts';
import { Stores, TLS_SECRET } from './store/stores.ts';
import { versionHandlers } from './version/version-service.ts';

export interface ApiServerParts {
  readonly config: ApiServerConfig;
  readonly namespace: string;
  readonly api: KubeApi;
  readonly connector: ClusterConnector;
  readonly lua: LuaRunner;
  readonly repoServer: RepoServer;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly counters: Counters;
  /** Counters of this process, for when the shared ones are away. */
  readonly localCounters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwordProgram: URL;
}

/** The server: everything between the ports and the port. */
export class ApiServer {
  readonly #parts: ApiServerParts;
  readonly #stores: Stores;
  readonly #settings: ServerSettings;
  readonly #passwords: Passwords;
  readonly #revocations: Revocations;
  readonly #clusters: DestinationClusters;
  readonly #events: EventRecorder;
  #mux: Mux | undefined;
  #grpc: GrpcServer | undefined;

  constructor(parts: ApiServerParts) {
    const { api, namespace, config, logger, cache, pubSub, clock } = parts;
    this.#parts = parts;
    const { applicationNamespaces } = config;
    this.#stores = new Stores({ api, namespace, applicationNamespaces, logger });
    this.#settings = new ServerSettings(this.#stores, namespace);
    this.#passwords = new Passwords(parts.passwordProgram);
    this.#revocations = new Revocations({ cache, pubSub, clock, logger });
    this.#clusters = new DestinationClusters({
      connector: parts.connector,
      inCluster: inClusterConfig(),
      parseCluster: clusterOfSecret,
      secrets: this.#stores.declared,
      clock,
    });
    this.#events = new EventRecorder({
      api,
      clock,
      logger,
      component: 'argocd-server',
      reasons: enabledReasons(config.enableK8sEvent),
      labelsOf: (app) =>
        eventLabelsOf(
          parseEventLabels(this.#settings.cmData()),
          app,
          this.#settings.projectOf(app.spec.project),
        ),
    });
  }

  /** Names what is not known yet; empty once the server can answer. */
  notReady(): readonly string[] {
    return this.#mux === undefined ? ['start'] : this.#stores.notReady();
  }

  /** Makes what a new installation lacks, reads everything, then listens. Resolves to the port. */
  async start(): Promise<number> {
    await this.#stores.start();
    await this.#initialise();
    await this.#revocations.start();
    const mux = this.#build();
    const port = await mux.listen();
    this.#mux = mux;
    return port;
  }

  async stop(): Promise<void> {
    await this.#mux?.close();
    this.#grpc?.close();
    await this.#revocations.stop();
    await this.#clusters.close();
    await this.#events.close();
    await this.#passwords.close();
    await this.#stores.stop();
  }

  async #initialise(): Promise<void> {
    const { api, namespace, clock, logger, config } = this.#parts;
    const start = new FirstStart({
      api,
      namespace,
      clock,
      logger,
      passwords: this.#passwords,
      adminEnabled: this.#settings.admin.enabled,
      needsCertificate: !config.insecure && this.#ownKeyPair() === undefined,
    });
    const secret = await start.run();
    this.#stores.secret.observe(secret);
    await ensureDefaultProject(api, namespace);
  }

  #build(): Mux {
    const { config, logger, clock } = this.#parts;
    const settings = this.#settings;
    const authenticator = new Authenticator(settings, this.#revocations, clock);
    const renewal = new Renewal(settings, clock);
    const calls = new Dispatch({ handlers: this.#handlers(renewal), authenticator, renewal, settings });
    const tls = config.insecure ? undefined : this.#keyPair();
    const gateway = new Gateway({
      calls,
      logger,
      cookie: { path: '/', secure: !config.insecure },
      gzip: config.enableGzip,
      contentTypes: config.apiContentTypes,
    });
    this.#grpc = createGrpcServer(calls, logger);
    const mux = new Mux({
      port: config.port,
      address: config.address,
      tls,
      grpc: this.#grpc.injector,
      http: httpHandler({
        gateway,
        grpcWeb: new GrpcWeb(calls, logger),
        logout: new Logout({ authenticator, revocations: this.#revocations, settings, logger }),
        notReady: () => this.notReady(),
      }),
    });
    if (tls) this.#followCertificate(mux);
    return mux;
  }

  #handlers(renewal: Renewal): ConstructorParameters<typeof Dispatch>[0]['handlers'] {
    const { config, namespace, counters, localCounters, logger, clock } = this.#parts;
    const settings = this.#settings;
    const windowMs = config.loginWindowSeconds * 1_000;
    const limits = {
      maxFailures: config.maxLoginFailures,
      windowMs,
      maxPerAddress: config.maxLoginFailures * 40,
      maxConcurrent: Math.max(1, Math.floor(config.maxLogins / config.replicas)),
    };
    const attempts = new Attempts({ counters, local: localCounters, limits, logger });
    const session = new SessionService({ settings, passwords: this.#passwords, attempts, renewal, clock });
    const appsInAnyNamespace = config.applicationNamespaces.length > 0;
    return [
      session.handlers,
      versionHandlers,
      new SettingsService({ settings, namespace, appsInAnyNamespace }).handlers,
      new ProjectService(this.#stores.projects, namespace).handlers,
      ...applicationHandlers({
        ...this.#parts,
        stores: this.#stores,
        settings,
        clusters: this.#clusters,
        events: this.#events,
      }),
    ];
  }

  #ownKeyPair(): KeyPair | undefined {
    return this.#settings.keyPair(this.#stores.tlsSecret, TLS_SECRET);
  }

  #keyPair(): KeyPair {
    const pair = this.#ownKeyPair() ?? this.#settings.keyPair(this.#stores.secret, configNames.secret);
    if (!pair) throw new Error(`no certificate in ${TLS_SECRET} or ${configNames.secret}`);
    return pair;
  }

  /** A new certificate is served from the next connection on. */
  #followCertificate(mux: Mux): void {
    const follow = (): void => {
      try {
        mux.useCertificate(this.#keyPair());
      } catch (error) {
        this.#parts.logger.error('the new certificate cannot be used; the old one stays', { error });
      }
    };
    this.#stores.tlsSecret.subscribe(follow);
    this.#stores.secret.subscribe(follow);
  }
}
