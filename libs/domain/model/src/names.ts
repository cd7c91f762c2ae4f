/** API group, version and kinds of our custom resources (those of Argo CD, wire/crds.tsv). */
export const GROUP = 'argoproj.io';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** Annotations of Applications and of the objects they manage. */
export const annotations = {
  refresh: 'argocd.argoproj.io/refresh',
  hydrate: 'argocd.argoproj.io/hydrate',
  applicationSetRefresh: 'argocd.argoproj.io/application-set-refresh',
  trackingId: 'argocd.argoproj.io/tracking-id',
  installationId: 'argocd.argoproj.io/installation-id',
  syncWave: 'argocd.argoproj.io/sync-wave',
  syncOptions: 'argocd.argoproj.io/sync-options',
  compareOptions: 'argocd.argoproj.io/compare-options',
  hook: 'argocd.argoproj.io/hook',
  hookDeletePolicy: 'argocd.argoproj.io/hook-delete-policy',
  deletionApproved: 'argocd.argoproj.io/deletion-approved',
  ignoreHealthcheck: 'argocd.argoproj.io/ignore-healthcheck',
  manifestGeneratePaths: 'argocd.argoproj.io/manifest-generate-paths',
  ignoreDefaultLinks: 'argocd.argoproj.io/ignore-default-links',
  ignoreResourceUpdates: 'argocd.argoproj.io/ignore-resource-updates',
  skipReconcile: 'argocd.argoproj.io/skip-reconcile',
  managedBy: 'managed-by',
  migrationManager: 'argocd.argoproj.io/client-side-apply-migration-manager',
  lastApplied: 'kubectl.kubernetes.io/last-applied-configuration',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmHookDeletePolicy: 'helm.sh/hook-delete-policy',
  helmResourcePolicy: 'helm.sh/resource-policy',
} as const;

export const labels = {
  instance: 'app.kubernetes.io/instance',
  secretType: 'argocd.argoproj.io/secret-type',
  autoLabelClusterInfo: 'argocd.argoproj.io/auto-label-cluster-info',
  kubernetesVersion: 'argocd.argoproj.io/kubernetes-version',
} as const;

/** Values of the label `secret-type`. */
export const secretTypes = {
  cluster: 'cluster',
  repository: 'repository',
  repositoryWrite: 'repository-write',
  repoCreds: 'repo-creds',
  repoWriteCreds: 'repo-write-creds',
} as const;

export const finalizers = {
  resources: 'resources-finalizer.argocd.argoproj.io',
  resourcesForeground: 'resources-finalizer.argocd.argoproj.io/foreground',
  resourcesBackground: 'resources-finalizer.argocd.argoproj.io/background',
  hook: 'argocd.argoproj.io/hook-finalizer',
  preDelete: 'pre-delete-finalizer.argocd.argoproj.io',
  preDeleteCleanup: 'pre-delete-finalizer.argocd.argoproj.io/cleanup',
  postDelete: 'post-delete-finalizer.argocd.argoproj.io',
  postDeleteCleanup: 'post-delete-finalizer.argocd.argoproj.io/cleanup',
} as const;

/** Config maps and secrets that hold the settings. */
export const configNames = {
  cm: 'argocd-cm',
  rbac: 'argocd-rbac-cm',
  cmdParams: 'argocd-cmd-params-cm',
  knownHosts: 'argocd-ssh-known-hosts-cm',
  tlsCerts: 'argocd-tls-certs-cm',
  gpgKeys: 'argocd-gpg-keys-cm',
  secret: 'argocd-secret',
  initialAdminSecret: 'argocd-initial-admin-secret',
  notificationsCm: 'argocd-notifications-cm',
  notificationsSecret: 'argocd-notifications-secret',
} as const;

/** Field manager of every write to a destination cluster. */
export const FIELD_MANAGER = 'argocd-controller';

/** The server address that stands for the cluster the control plane runs in. */
export const IN_CLUSTER_SERVER = 'https://kubernetes.default.svc';
export const IN_CLUSTER_NAME = 'in-cluster';
