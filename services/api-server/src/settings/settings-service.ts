import { labels } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { Handlers } from '../api/handlers.ts';
import { resourceOverrides } from './resource-overrides.ts';
import type { ServerSettings } from './server-settings.ts';

/** Settings that clients adapt to. Callers without a token get less. */
export class SettingsService {
  readonly #settings: ServerSettings;
  readonly #namespace: string;
  readonly #appsInAnyNamespace: boolean;

  constructor(options: {
    readonly settings: ServerSettings;
    readonly namespace: string;
    readonly appsInAnyNamespace: boolean;
  }) {
    this.#settings = options.settings;
    this.#namespace = options.namespace;
    this.#appsInAnyNamespace = options.appsInAnyNamespace;
  }

  readonly handlers: Handlers = {
    unary: {
      '/cluster.SettingsService/Get': (_request, { claims }) => ({
        ...this.#open(),
        ...(claims ? this.#closed() : {}),
      }),
      '/cluster.SettingsService/GetPlugins': () => ({}),
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
        chatText: cm('help.chatText'),
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
      syncWithReplaceAllowed: true,
      uiCssURL: cm('ui.cssurl'),
    };
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
