import { configNames } from '@tiphys/model';
import type { KubeApi } from '@tiphys/ports';
import type { Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import { CertificateService } from '../certificates/certificate-service.ts';
import { GpgService } from '../gpg/gpg-service.ts';
import { NotificationService } from '../notifications/notification-service.ts';
import { ConfigMap } from './config-map.ts';
import type { Stores } from './stores.ts';

/** The services whose truth is a config map. */
export function configMapHandlers(parts: {
  readonly api: KubeApi;
  readonly stores: Stores;
  readonly namespace: string;
  readonly access: Access;
}): readonly Handlers[] {
  const { api, stores, namespace, access } = parts;
  const knownHosts = new ConfigMap(api, stores.knownHosts, { namespace, name: configNames.knownHosts });
  const tlsCertificates = new ConfigMap(api, stores.tlsCerts, { namespace, name: configNames.tlsCerts });
  const gpgKeys = new ConfigMap(api, stores.gpgKeys, { namespace, name: configNames.gpgKeys });
  const notifications = new ConfigMap(api, stores.notifications, {
    namespace,
    name: configNames.notificationsCm,
  });
  return [
    new CertificateService({ knownHosts, tlsCertificates, access }).handlers,
    new GpgService(gpgKeys, access).handlers,
    new NotificationService(notifications).handlers,
  ];
}
