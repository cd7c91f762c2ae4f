import { clusterOfSecret, inClusterConfig } from '@tiphys/adapter-kube';
import { Gateway, GrpcWeb, Mux, createGrpcServer } from '@tiphys/adapter-argo-api';
import type { DexTrust } from '@tiphys/adapter-oidc';
import type { GrpcServer, TlsLimits } from '@tiphys/adapter-argo-api';
import { configNames } from '@tiphys/model';
import type {
  Cache,
  Clock,
  ClusterConnector,
  Counters,
  GoRuntime,
  IdentityProviders,
  Jq,
  KubeApi,
  Logger,
  LuaRunner,
  PubSub,
  RepoServer,
  RepositoryCatalogue,
  RepositoryTrees,
} from '@tiphys/ports';
import { EventRecorder, enabledReasons } from '@tiphys/runtime/events';
import { eventLabelsOf, parseEventLabels } from '@tiphys/settings';
import { Audit } from './audit/audit.ts';
import { AccountService } from './accounts/account-service.ts';
import { AccountStore } from './accounts/account-store.ts';
import { PasswordLogin } from './accounts/login.ts';
import { Dispatch } from './api/dispatch.ts';
import { applicationSetHandlers } from './application-sets/handlers.ts';
import { applicationHandlers } from './applications/handlers.ts';
import { wireApplications } from './applications/wiring.ts';
import type { Access } from './auth/access.ts';
import type { Authenticator } from './auth/authenticate.ts';
import { LocalAccess, authenticatorFor } from './auth/local-user.ts';
import { OpenAccess } from './auth/open-access.ts';
import { PolicyAccess } from './auth/policy-access.ts';
import { ensureDefaultProject } from './bootstrap/default-project.ts';
import { FirstStart } from './bootstrap/first-start.ts';
import { clusterHandlers } from './clusters/handlers.ts';
import { DestinationClusters } from './clusters/destination-clusters.ts';
import { EventLog } from './events/event-log.ts';
import type { ApiServerConfig } from './config.ts';
import { DeepLinks } from './links/deep-links.ts';
import { exactPages } from './http/exact-pages.ts';
import { belowRoot } from './http/below-root.ts';
import { httpHandler } from './http/handler.ts';
import { metered } from './metrics/metered-calls.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';
import { projectHandlers } from './projects/handlers.ts';
import { ProjectStore } from './projects/project-store.ts';
import { repositoryHandlers } from './repositories/handlers.ts';
import { Attempts } from './session/attempts.ts';
import { Logout } from './session/logout.ts';
import { Passwords } from './session/passwords.ts';
import { Renewal } from './session/renewal.ts';
import { Revocations } from './session/revocations.ts';
import { SessionRenewal } from './session/session-renewal.ts';
import { SessionService } from './session/session-service.ts';
import { ServerSettings, dataOf, readYaml } from './settings/server-settings.ts';
import { SettingsService } from './settings/settings-service.ts';
import { assembleSso } from './sso/assemble.ts';
import type { SsoFeature } from './sso/assemble.ts';
import { SsoLogout } from './sso/sso-logout.ts';
import { configMapHandlers } from './store/settings-handlers.ts';
import { Stores } from './store/stores.ts';
import { buildTerminal } from './terminal/build.ts';
import { TERMINAL_PATH } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';
import { ServedCertificate } from './tls/served-certificate.ts';
import { Webhooks } from './webhook/webhooks.ts';
import { versionHandlers } from './version/version-service.ts';

export interface ApiServerParts {
  readonly config: ApiServerConfig;
  readonly namespace: string;
  readonly api: KubeApi;
  readonly connector: ClusterConnector;
  readonly lua: LuaRunner;
  readonly jq: Jq;
  readonly go: GoRuntime;
  readonly repoServer: RepoServer & RepositoryCatalogue & RepositoryTrees;
  readonly cache: Cache;
  readonly pubSub: PubSub;
  readonly identityProviders: IdentityProviders;
  readonly dexTrust: DexTrust;
  readonly counters: Counters;
  /** Counters of this process, for when the shared ones are away. */
  readonly localCounters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwordProgram: URL;
  readonly metrics: ServerMetrics;
  /** The token of the only user, who may do all that the login of this process may; nothing is initialised then. */
  readonly localToken?: string | undefined;
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
  readonly #webhooks: Webhooks;
  readonly #certificate: ServedCertificate;
  #mux: Mux | undefined;
  #terminal: Terminal | undefined;
  #policies: Access | undefined;
  #sso: SsoFeature | undefined;
  #grpc: GrpcServer | undefined;

  constructor(parts: ApiServerParts) {
    const { api, namespace, config, logger, cache, pubSub, clock } = parts;
    this.#parts = parts;
    const { applicationNamespaces } = config;
    this.#stores = new Stores({ api, namespace, applicationNamespaces, logger });
    this.#settings = new ServerSettings(this.#stores, namespace);
    this.#webhooks = new Webhooks({
      ...parts,
      registry: parts.metrics.registry,
      settings: this.#settings,
      applications: this.#stores.applications,
      applicationSets: this.#stores.applicationSets,
    });
    this.#certificate = new ServedCertificate({
      settings: this.#settings,
      stores: this.#stores,
      clock,
      logger,
    });
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
    if (this.#parts.localToken === undefined) {
      await this.#initialise();
      await this.#revocations.start();
    }
    const mux = this.#build();
    const port = await mux.listen();
    this.#mux = mux;
    return port;
  }

  async stop(): Promise<void> {
    this.#terminal?.close();
    await this.#mux?.close();
    this.#grpc?.close();
    await this.#sso?.close();
    await this.#webhooks.close();
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
      adminEnabled: this.#settings.adminEnabled,
      needsCertificate: !config.insecure && !this.#certificate.isOwn,
    });
    const secret = await start.run();
    this.#stores.secret.observe(secret);
    await ensureDefaultProject(api, namespace);
  }

  #build(): Mux {
    const { config, logger, clock } = this.#parts;
    const settings = this.#settings;
    const access = this.#access();
    const cookie = { path: basePathOf(config), secure: !config.insecure };
    const sso = assembleSso({ ...this.#parts, settings, access, cookie });
    this.#sso = sso;
    const revocations = this.#revocations;
    const authenticator = authenticatorFor(this.#parts.localToken, {
      settings,
      revocations,
      clock,
      sso: sso.tokens,
    });
    const local = new Renewal(settings, clock);
    const handlers = this.#handlers(local, access, sso.sso);
    const renewal = new SessionRenewal(local, sso.sessions);
    const dispatch = new Dispatch({
      handlers,
      authenticator,
      renewal,
      settings,
      clock,
      audit: new Audit(logger),
      authDisabled: config.disableAuth,
    });
    const calls = metered(dispatch, this.#parts.metrics);
    const tls = config.insecure ? undefined : this.#certificate.current();
    const gateway = new Gateway({
      calls,
      logger,
      cookie,
      gzip: config.enableGzip,
      contentTypes: config.apiContentTypes,
    });
    this.#grpc = createGrpcServer(calls, logger);
    const terminal = this.#makeTerminal(authenticator, local);
    const mux = new Mux({
      port: config.port,
      address: config.address,
      tls,
      tlsLimits: tlsLimitsOf(config),
      logger,
      grpc: this.#grpc.injector,
      upgrades: {
        path: TERMINAL_PATH,
        listener: (request, socket, head) => void terminal.upgrade(request, socket, head),
      },
      http: belowRoot(
        config.rootpath,
        httpHandler({
          gateway,
          grpcWeb: new GrpcWeb(calls, logger),
          logout: new Logout({ authenticator, revocations, settings, logger, sso: new SsoLogout(sso) }),
          sso,
          terminal,
          pages: config,
          exact: exactPages({
            ...this.#parts,
            stores: this.#stores,
            settings,
            webhooks: this.#webhooks.door,
          }),
          notReady: () => this.notReady(),
        }),
      ),
    });
    if (tls) this.#certificate.follow(mux, tls);
    return mux;
  }

  #handlers(
    renewal: Renewal,
    access: Access,
    sso: SsoFeature['sso'],
  ): ConstructorParameters<typeof Dispatch>[0]['handlers'] {
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
    const passwords = this.#passwords;
    const login = new PasswordLogin({ settings, passwords, attempts });
    const session = new SessionService({ settings, login, renewal, clock });
    const appsInAnyNamespace = config.applicationNamespaces.length > 0;
    const shared = { api: this.#parts.api, stores: this.#stores, settings, access, namespace };
    const accounts = new AccountStore({ ...shared, store: this.#stores.secret });
    const links = new DeepLinks({ go: this.#parts.go, logger, readYaml });
    const reasons = enabledReasons(config.enableK8sEvent);
    const events = new EventLog({ api: this.#parts.api, clock, logger, reasons });
    const projects = new ProjectStore(this.#parts.api, this.#stores.projects, namespace);
    return [
      session.handlers,
      versionHandlers,
      new SettingsService({ ...this.#parts, settings, sso, appsInAnyNamespace }).handlers,
      new AccountService({ accounts, access, login, passwords, renewal, settings, clock }).handlers,
      ...projectHandlers({ ...shared, projects, renewal, events, links }),
      ...configMapHandlers(shared),
      clusterHandlers({ ...this.#parts, ...shared }),
      ...repositoryHandlers({ ...this.#parts, ...shared }),
      ...applicationSetHandlers({ ...this.#parts, ...shared, events }),
      ...applicationHandlers({
        ...this.#parts,
        ...shared,
        clusters: this.#clusters,
        events: this.#events,
        links,
      }),
    ];
  }

  #makeTerminal(authenticator: Authenticator, renewal: Renewal): Terminal {
    const { namespace, clock, logger, config } = this.#parts;
    const [settings, access] = [this.#settings, this.#access()];
    const shared = { ...this.#parts, stores: this.#stores, settings, access, namespace };
    const applications = wireApplications({ ...shared, clusters: this.#clusters });
    const secure = !config.insecure;
    const wiring = { applications, authenticator, access, renewal, settings, clock, logger, secure };
    return (this.#terminal = buildTerminal(wiring));
  }

  /** One for all, so that the policies are read once. */
  #access(): Access {
    const { namespace, logger, config, localToken } = this.#parts;
    if (localToken !== undefined) return new LocalAccess();
    const { rbac, projects } = this.#stores;
    if (config.disableAuth) return (this.#policies ??= new OpenAccess());
    return (this.#policies ??= new PolicyAccess({
      configMap: () => rbac.get(namespace, configNames.rbac),
      dataOf,
      readYaml,
      projectOf: (name) => projects.get(namespace, name),
      projectChanges: () => projects.changes,
      logger,
    }));
  }
}

/** The path of cookies: that of the web UI. */
const basePathOf = ({ basehref, rootpath }: ApiServerConfig): string =>
  `/${(rootpath || basehref).replace(/^\/+|\/+$/g, '')}`;

const tlsLimitsOf = ({ tlsminversion, tlsmaxversion, tlsciphers }: ApiServerConfig): TlsLimits => ({
  minVersion: tlsminversion === '1.3' ? '1.3' : '1.2',
  maxVersion: tlsmaxversion,
  ciphers: tlsciphers.split(':').filter((name) => name !== ''),
});
