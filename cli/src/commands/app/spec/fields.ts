import type { SpecFlags } from './flags.ts';

type NameOf<V> = { [K in keyof SpecFlags]: SpecFlags[K] extends V ? K : never }[keyof SpecFlags];
type TextFlag = NameOf<string | undefined>;
type SwitchFlag = NameOf<boolean>;
type ListFlag = NameOf<readonly string[]>;

/** Flags that set a text, and where. */
export const texts: Partial<Record<TextFlag, string>> = {
  repo: 'source.repoURL',
  revision: 'source.targetRevision',
  path: 'source.path',
  'helm-chart': 'source.chart',
  ref: 'source.ref',
  'source-name': 'source.name',
  'tag-prefix': 'source.tagPrefix',
  'dest-server': 'destination.server',
  'dest-name': 'destination.name',
  'dest-namespace': 'destination.namespace',
  'release-name': 'source.helm.releaseName',
  'helm-version': 'source.helm.version',
  'helm-namespace': 'source.helm.namespace',
  'helm-kube-version': 'source.helm.kubeVersion',
  nameprefix: 'source.kustomize.namePrefix',
  namesuffix: 'source.kustomize.nameSuffix',
  'kustomize-namespace': 'source.kustomize.namespace',
  'kustomize-version': 'source.kustomize.version',
  'kustomize-kube-version': 'source.kustomize.kubeVersion',
  'directory-exclude': 'source.directory.exclude',
  'directory-include': 'source.directory.include',
  'config-management-plugin': 'source.plugin.name',
  'dry-source-repo': 'sourceHydrator.drySource.repoURL',
  'dry-source-revision': 'sourceHydrator.drySource.targetRevision',
  'dry-source-path': 'sourceHydrator.drySource.path',
  'sync-source-branch': 'sourceHydrator.syncSource.targetBranch',
  'sync-source-path': 'sourceHydrator.syncSource.path',
  'hydrate-to-branch': 'sourceHydrator.hydrateTo.targetBranch',
  project: 'project',
};

/** Flags that turn something on or off, and where. */
export const switches: Partial<Record<SwitchFlag, string>> = {
  'helm-pass-credentials': 'source.helm.passCredentials',
  'helm-skip-crds': 'source.helm.skipCrds',
  'helm-skip-tests': 'source.helm.skipTests',
  'helm-skip-schema-validation': 'source.helm.skipSchemaValidation',
  'ignore-missing-value-files': 'source.helm.ignoreMissingValueFiles',
  'kustomize-force-common-label': 'source.kustomize.forceCommonLabels',
  'kustomize-force-common-annotation': 'source.kustomize.forceCommonAnnotations',
  'kustomize-label-without-selector': 'source.kustomize.labelWithoutSelector',
  'kustomize-label-include-templates': 'source.kustomize.labelIncludeTemplates',
  'ignore-missing-components': 'source.kustomize.ignoreMissingComponents',
  'directory-recurse': 'source.directory.recurse',
};

/** Flags that set a list of texts, and where. */
export const lists: Partial<Record<ListFlag, string>> = {
  values: 'source.helm.valueFiles',
  'helm-api-versions': 'source.helm.apiVersions',
  'kustomize-api-versions': 'source.kustomize.apiVersions',
  'jsonnet-libs': 'source.directory.jsonnet.libs',
};

/** Flags of NAME=VALUE that set a map, and where. */
export const maps: Partial<Record<ListFlag, string>> = {
  'kustomize-common-label': 'source.kustomize.commonLabels',
  'kustomize-common-annotation': 'source.kustomize.commonAnnotations',
};

export interface NamedField {
  readonly flag: ListFlag;
  readonly path: string;
  /** The key for the part behind the equals sign. */
  readonly key: 'value' | 'path' | 'count';
  readonly extra?: Readonly<Record<string, boolean>>;
}

/** Flags of NAME=VALUE that add an entry with a name to a list; an entry of that name is replaced. */
export const named: readonly NamedField[] = [
  { flag: 'helm-set', path: 'source.helm.parameters', key: 'value' },
  { flag: 'helm-set-string', path: 'source.helm.parameters', key: 'value', extra: { forceString: true } },
  { flag: 'parameter', path: 'source.helm.parameters', key: 'value' },
  { flag: 'helm-set-file', path: 'source.helm.fileParameters', key: 'path' },
  { flag: 'kustomize-replica', path: 'source.kustomize.replicas', key: 'count' },
  { flag: 'jsonnet-ext-var-str', path: 'source.directory.jsonnet.extVars', key: 'value' },
  {
    flag: 'jsonnet-ext-var-code',
    path: 'source.directory.jsonnet.extVars',
    key: 'value',
    extra: { code: true },
  },
  { flag: 'jsonnet-tla-str', path: 'source.directory.jsonnet.tlas', key: 'value' },
  { flag: 'jsonnet-tla-code', path: 'source.directory.jsonnet.tlas', key: 'value', extra: { code: true } },
  { flag: 'plugin-env', path: 'source.plugin.env', key: 'value' },
];
