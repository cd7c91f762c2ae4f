import { kubeFlags } from '../../../kube/flags.ts';
import type { FlagSet, FlagValues } from '../../../program/definition.ts';

const unused = (standard?: string) =>
  ({
    kind: 'text',
    hidden: true,
    describe: 'Accepted and not needed',
    ...(standard === undefined ? {} : { default: standard }),
  }) as const;

/** Where the settings of notifications come from. */
export const notificationFlags = {
  ...kubeFlags,
  'config-map': {
    kind: 'text',
    placeholder: 'file',
    describe: 'File with the config map argocd-notifications-cm; - for standard input',
  },
  secret: {
    kind: 'text',
    placeholder: 'file',
    describe: 'File with the secret argocd-notifications-secret; :empty for none',
  },
  'argocd-repo-server': unused('argocd-repo-server:8081'),
  'argocd-repo-server-plaintext': { kind: 'switch', hidden: true, describe: 'Accepted and not needed' },
  'repo-server-ca-cert-path': unused(),
  'repo-server-client-cert-path': unused('/app/config/reposerver/mtls/client.crt'),
  'repo-server-client-cert-key-path': unused('/app/config/reposerver/mtls/client.key'),
} as const satisfies FlagSet;

export type NotificationValues = FlagValues<typeof notificationFlags>;
