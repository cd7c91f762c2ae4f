import type { FlagSet, FlagValues } from '../../../program/definition.ts';

const source = {
  repo: { kind: 'text', describe: 'URL of the repository', placeholder: 'url' },
  revision: { kind: 'text', describe: 'Branch, tag, commit or version' },
  path: { kind: 'text', describe: 'Folder in the repository' },
  'helm-chart': { kind: 'text', describe: 'Name of the chart in a Helm repository' },
  ref: { kind: 'text', describe: 'Name under which other sources take files of this one' },
  'source-name': { kind: 'text', describe: 'Name of the source' },
  'tag-prefix': { kind: 'text', describe: 'Prefix of the tags that a version range looks at' },
} as const satisfies FlagSet;

const destination = {
  'dest-server': { kind: 'text', describe: 'URL of the cluster', placeholder: 'url' },
  'dest-name': { kind: 'text', describe: 'Name of the cluster' },
  'dest-namespace': { kind: 'text', describe: 'Namespace for objects that name none' },
} as const satisfies FlagSet;

const helm = {
  'release-name': { kind: 'text', describe: 'Helm: name of the release' },
  values: { kind: 'list', describe: 'Helm: values file in the repository', placeholder: 'file' },
  'values-literal-file': {
    kind: 'text',
    describe: 'Helm: local file whose values are put into the application',
  },
  parameter: { kind: 'list', short: 'p', describe: 'Parameter, NAME=VALUE', placeholder: 'parameter' },
  'helm-set': { kind: 'list', describe: 'Helm: value, NAME=VALUE', placeholder: 'value' },
  'helm-set-string': {
    kind: 'list',
    describe: 'Helm: value that stays text, NAME=VALUE',
    placeholder: 'value',
  },
  'helm-set-file': { kind: 'list', describe: 'Helm: value out of a file, NAME=PATH', placeholder: 'value' },
  'helm-version': { kind: 'text', describe: 'Helm: version of the templates' },
  'helm-namespace': { kind: 'text', describe: 'Helm: namespace to render with' },
  'helm-kube-version': { kind: 'text', describe: 'Helm: Kubernetes version to render for' },
  'helm-api-versions': { kind: 'list', describe: 'Helm: API version to render for' },
  'helm-pass-credentials': { kind: 'switch', describe: 'Helm: give credentials to all hosts' },
  'helm-skip-crds': { kind: 'switch', describe: 'Helm: leave out the crds folder' },
  'helm-skip-tests': { kind: 'switch', describe: 'Helm: leave out tests' },
  'helm-skip-schema-validation': { kind: 'switch', describe: "Helm: don't check the values" },
  'ignore-missing-value-files': {
    kind: 'switch',
    describe: 'Helm: pass over values files that are not there',
  },
} as const satisfies FlagSet;

const kustomize = {
  nameprefix: { kind: 'text', describe: 'Kustomize: prefix of names' },
  namesuffix: { kind: 'text', describe: 'Kustomize: suffix of names' },
  'kustomize-image': { kind: 'list', describe: 'Kustomize: image, such as nginx:1.27 or old=new:tag' },
  'kustomize-replica': { kind: 'list', describe: 'Kustomize: replicas, NAME=COUNT' },
  'kustomize-namespace': { kind: 'text', describe: 'Kustomize: namespace' },
  'kustomize-version': { kind: 'text', describe: 'Kustomize: version of the tool' },
  'kustomize-kube-version': { kind: 'text', describe: 'Kustomize: Kubernetes version to render for' },
  'kustomize-api-versions': { kind: 'list', describe: 'Kustomize: API version to render for' },
  'kustomize-common-label': { kind: 'list', describe: 'Kustomize: label, NAME=VALUE' },
  'kustomize-common-annotation': { kind: 'list', describe: 'Kustomize: annotation, NAME=VALUE' },
  'kustomize-force-common-label': { kind: 'switch', describe: 'Kustomize: overwrite labels' },
  'kustomize-force-common-annotation': { kind: 'switch', describe: 'Kustomize: overwrite annotations' },
  'kustomize-label-without-selector': { kind: 'switch', describe: 'Kustomize: keep labels out of selectors' },
  'kustomize-label-include-templates': { kind: 'switch', describe: 'Kustomize: put labels on templates too' },
  'ignore-missing-components': {
    kind: 'switch',
    describe: 'Kustomize: pass over components that are not there',
  },
} as const satisfies FlagSet;

const others = {
  'directory-recurse': { kind: 'switch', describe: 'Directory: look into folders' },
  'directory-exclude': { kind: 'text', describe: 'Directory: files to leave out', placeholder: 'glob' },
  'directory-include': { kind: 'text', describe: 'Directory: files to take', placeholder: 'glob' },
  'jsonnet-ext-var-str': { kind: 'list', describe: 'Jsonnet: external variable, NAME=TEXT' },
  'jsonnet-ext-var-code': { kind: 'list', describe: 'Jsonnet: external variable, NAME=CODE' },
  'jsonnet-tla-str': { kind: 'list', describe: 'Jsonnet: top level argument, NAME=TEXT' },
  'jsonnet-tla-code': { kind: 'list', describe: 'Jsonnet: top level argument, NAME=CODE' },
  'jsonnet-libs': { kind: 'list', describe: 'Jsonnet: folder of libraries' },
  'config-management-plugin': { kind: 'text', describe: 'Plugin: its name' },
  'plugin-env': { kind: 'list', describe: 'Plugin: environment, NAME=VALUE' },
  'dry-source-repo': { kind: 'text', describe: 'Hydrator: URL of the repository to render from' },
  'dry-source-revision': { kind: 'text', describe: 'Hydrator: revision to render from' },
  'dry-source-path': { kind: 'text', describe: 'Hydrator: folder to render from' },
  'sync-source-branch': { kind: 'text', describe: 'Hydrator: branch to sync from' },
  'sync-source-path': { kind: 'text', describe: 'Hydrator: folder to sync from' },
  'hydrate-to-branch': { kind: 'text', describe: 'Hydrator: branch to write to' },
} as const satisfies FlagSet;

const policy = {
  project: { kind: 'text', describe: 'Project of the application' },
  'sync-policy': { kind: 'text', describe: 'none, or automated to sync each commit' },
  'auto-prune': { kind: 'switch', describe: 'Automated: delete what is no longer desired' },
  'self-heal': { kind: 'switch', describe: 'Automated: undo changes made in the cluster' },
  'allow-empty': { kind: 'switch', describe: 'Automated: sync even if nothing is desired any more' },
  'sync-option': {
    kind: 'list',
    describe: 'Option of each sync, such as CreateNamespace=true; a leading ! takes one out',
  },
  'sync-retry-limit': { kind: 'integer', describe: 'How often a failed sync is tried again' },
  'sync-retry-backoff-duration': { kind: 'text', default: '5s', describe: 'Wait before the first new try' },
  'sync-retry-backoff-factor': { kind: 'integer', default: 2, describe: 'What each wait is multiplied with' },
  'sync-retry-backoff-max-duration': { kind: 'text', default: '3m0s', describe: 'The longest wait' },
  'sync-retry-refresh': { kind: 'switch', describe: 'Look for a newer revision before each new try' },
  'revision-history-limit': {
    kind: 'integer',
    describe: 'How many deployments are kept (the server keeps 10)',
  },
} as const satisfies FlagSet;

/** Flags of older versions: taken, without effect. */
export const legacyFlags = {
  env: { kind: 'text', hidden: true, describe: 'Accepted and not needed' },
} as const satisfies FlagSet;

/** The flags that make the spec of an application. */
export const specFlags = { ...source, ...destination, ...helm, ...kustomize, ...others, ...policy };

export type SpecFlags = FlagValues<typeof specFlags>;
