import { TiphysError, labels } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Logger, RepositoryCatalogue } from '@tiphys/ports';
import { dexConnectors } from '@tiphys/settings';
import type { Handlers } from '../api/handlers.ts';
import type { ApiServerConfig } from '../config.ts';
import type { Sso } from '../sso/sso.ts';
import { kustomizeVersions } from './kustomize-versions.ts';
import { resourceOverrides } from './resource-overrides.ts';
import { readYaml } from './server-settings.ts';
import { shownSso } from './shown-sso.ts';
import type { ServerSettings } from './server-settings.ts';

/** Settings that clients adapt to. Callers without a token get less. */
export class SettingsService {
  readonly #settings: ServerSettings;
  readonly #namespace: string;
  readonly #appsInAnyNamespace: boolean;
  readonly #sso: Sso;
  readonly #config: ApiServerConfig;
  readonly #repoServer: RepositoryCatalogue;
  readonly #logger: Logger;

  constructor(options: {
    readonly settings: ServerSettings;
    readonly namespace: string;
    readonly appsInAnyNamespace: boolean;
    readonly sso: Sso;
    readonly config: ApiServerConfig;
    readonly repoServer: RepositoryCatalogue;
    readonly logger: Logger;
  }) {
    this.#settings = options.settings;
    this.#namespace = options.namespace;
    this.#appsInAnyNamespace = options.appsInAnyNamespace;
    this.#sso = options.sso;
    this.#config = options.config;
    this.#repoServer = options.repoServer;
    this.#logger = options.logger;
  }

  readonly handlers: Handlers = {
    unary: {
      '/cluster.SettingsService/Get': (_request, { claims }) => ({
        ...this.#open(),
        ...(claims || this.#config.disableAuth ? this.#closed() : {}),
      }),
      '/cluster.SettingsService/GetPlugins': async () => {
        const names = await this.#repoServer.listPlugins();
        return names.length === 0 ? {} : { plugins: names.map((name) => ({ name })) };
      },
    },
  };

  #open(): JsonObject {
    const { cm } = this.#reader;
    return {
      url: cm('url'),
      appLabelKey: cm('application.instanceLabelKey') || labels.instance,
      statusBadgeEnabled: cm('statusbadge.enabled') === 'true',
      statusBadgeRootUrl: cm('statusbadge.url'),
      googleAnalytics: {
        trackingID: cm('ga.trackingid'),
        anonymizeUsers: cm('ga.anonymizeusers') !== 'false',
      },
      kustomizeOptions: { BuildOptions: cm('kustomize.buildOptions') },
      help: {
        chatUrl: cm('help.chatUrl'),
        chatText: cm('help.chatText') || (cm('help.chatUrl') === '' ? '' : 'Chat now!'),
        binaryUrls: Object.fromEntries(
          Object.entries(this.#settings.cmData())
            .filter(([key]) => key.startsWith('help.download.'))
            .map(([key, value]) => [key.slice('help.download.'.length), value]),
        ),
      },
      userLoginsDisabled: !this.#settings.loginsEnabled,
      execEnabled: cm('exec.enabled') === 'true',
      trackingMethod: cm('application.resourceTrackingMethod') || 'annotation',
      installationID: cm('installationID'),
      appsInAnyNamespaceEnabled: this.#appsInAnyNamespace,
      impersonationEnabled: cm('application.sync.impersonation.enabled') === 'true',
      syncWithReplaceAllowed: this.#config.syncWithReplaceAllowed,
      hydratorEnabled: this.#config.hydratorEnabled,
      ...this.#identity(),
      ...kustomizeVersions(this.#settings.cmData()),
      uiCssURL: cm('ui.cssurl'),
    };
  }

  /** What a client needs for logins by an identity provider; nothing of it is secret. */
  #identity(): JsonObject {
    const additional = this.#sso.baseUrls.slice(this.#settings.url === '' ? 0 : 1);
    return {
      ...shownSso(this.#sso.settings, this.#connectors()),
      ...(additional.length === 0 ? {} : { additionalUrls: [...additional] }),
    };
  }

  #connectors(): ReturnType<typeof dexConnectors> {
    try {
      return dexConnectors(this.#settings.cmData(), readYaml);
    } catch (error) {
      if (!(error instanceof TiphysError)) throw error;
      this.#logger.warn('dex.config cannot be read', { reason: error.message });
      return [];
    }
  }

  #closed(): JsonObject {
    const { cm } = this.#reader;
    return {
      uiBannerContent: cm('ui.bannercontent'),
      uiBannerURL: cm('ui.bannerurl'),
      uiBannerPermanent: cm('ui.bannerpermanent') === 'true',
      uiBannerPosition: cm('ui.bannerposition'),
      controllerNamespace: this.#namespace,
      passwordPattern: this.#settings.passwordPattern,
      resourceOverrides: resourceOverrides(this.#settings.cmData()),
    };
  }

  get #reader(): { readonly cm: (key: string) => string } {
    return { cm: (key) => this.#settings.cm(key) };
  }
}
