import { kubeFlags } from '../../../kube/flags.ts';
import type { FlagSet, FlagValues } from '../../../program/definition.ts';

/** Where the settings come from. */
export const settingsFlags = {
  ...kubeFlags,
  'argocd-cm-path': { kind: 'text', placeholder: 'file', describe: 'File with the config map argocd-cm' },
  'argocd-secret-path': { kind: 'text', placeholder: 'file', describe: 'File with the secret argocd-secret' },
  'load-cluster-settings': {
    kind: 'switch',
    describe: 'Read what no file is given for from the cluster',
  },
} as const satisfies FlagSet;

/** What the group takes and its commands about policies have no use for. */
export const otherSettingsFlags = {
  'argocd-cm-path': { kind: 'text', hidden: true, describe: 'Accepted and not needed' },
  'argocd-secret-path': { kind: 'text', hidden: true, describe: 'Accepted and not needed' },
  'load-cluster-settings': { kind: 'switch', hidden: true, describe: 'Accepted and not needed' },
} as const satisfies FlagSet;

export type SettingsValues = FlagValues<typeof settingsFlags>;
