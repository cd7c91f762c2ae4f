import type { RequestListener } from 'node:http';
import { BadgePage } from '../badge/badge-page.ts';
import type { ApiServerConfig } from '../config.ts';
import { downloadPages, standardFolder } from '../downloads/download-pages.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import type { Stores } from '../store/stores.ts';
import { SwaggerPage } from '../swagger/swagger-page.ts';
import type { WebhookDoor } from '../webhook/door.ts';
import { API_VERSION_TEXT } from '../version/version-service.ts';

/** Pages that stand at one path, apart from the API and from the web UI. */
export function exactPages(parts: {
  readonly stores: Stores;
  readonly namespace: string;
  readonly config: ApiServerConfig;
  readonly settings: ServerSettings;
  readonly webhooks: WebhookDoor;
}): ReadonlyMap<string, RequestListener> {
  const { stores, namespace, config, settings, webhooks } = parts;
  const badge = new BadgePage({
    applications: stores.applications,
    namespace,
    otherNamespaces: config.applicationNamespaces,
    enabled: () => settings.cm('statusbadge.enabled') === 'true',
  });
  const swagger = new SwaggerPage(API_VERSION_TEXT);
  return new Map<string, RequestListener>([
    ...downloadPages(config.downloadDir ?? standardFolder()),
    ['/api/badge', (request, response) => badge.handle(request, response)],
    ['/api/webhook', (request, response) => void webhooks.handle(request, response)],
    ['/swagger.json', (request, response) => void swagger.handle(request, response)],
  ]);
}
