/** What a tool is first needed for: `start` (and so for tests too), `test`, or only when something asks for it. */
export type ToolNeed = 'start' | 'test' | 'demand';

/** A binary that `tools/go.mod` pins and Go builds. */
export interface GoTool {
  readonly kind: 'go';
  readonly name: string;
  readonly package: string;
  /** What `go build -o dir/` calls the result. */
  readonly output: string;
  readonly version: string;
  readonly versionArgs: readonly string[];
  readonly neededFor: ToolNeed;
  /** Seconds on 2 idle cores from an empty build cache, for the progress line. */
  readonly usualSeconds: number;
}

/** A binary that the operating system brings. */
export interface SystemTool {
  readonly kind: 'system';
  readonly name: string;
  readonly debianPackage: string;
  readonly neededFor: ToolNeed;
}

export type Tool = GoTool | SystemTool;

const kubernetes = { version: '1.36.3', versionArgs: ['--version'], neededFor: 'start' } as const;

/** Every Go tool; the image build and the development set-up read this one table. */
export const goTools = [
  go('etcd', 'go.etcd.io/etcd/server/v3', {
    version: '3.6.8',
    versionArgs: ['--version'],
    neededFor: 'start',
    usualSeconds: 40,
  }),
  go('kube-apiserver', 'k8s.io/kubernetes/cmd/kube-apiserver', { ...kubernetes, usualSeconds: 110 }),
  go('kube-controller-manager', 'k8s.io/kubernetes/cmd/kube-controller-manager', {
    ...kubernetes,
    usualSeconds: 40,
  }),
  go('kube-scheduler', 'k8s.io/kubernetes/cmd/kube-scheduler', { ...kubernetes, usualSeconds: 15 }),
  go('kwok', 'sigs.k8s.io/kwok/cmd/kwok', {
    version: '0.8.0',
    versionArgs: ['--version'],
    neededFor: 'start',
    usualSeconds: 30,
  }),
  go('helm', 'helm.sh/helm/v3/cmd/helm', {
    version: '3.21.4',
    versionArgs: ['version', '--short'],
    neededFor: 'start',
    usualSeconds: 30,
  }),
  go('kustomize', 'sigs.k8s.io/kustomize/kustomize/v5', {
    version: '5.8.1',
    versionArgs: ['version'],
    neededFor: 'start',
    usualSeconds: 10,
  }),
  go('jsonnet', 'github.com/google/go-jsonnet/cmd/jsonnet', {
    version: '0.22.0',
    versionArgs: ['--version'],
    neededFor: 'start',
    usualSeconds: 5,
  }),
  go('sops', 'github.com/getsops/sops/v3/cmd/sops', {
    version: '3.13.3',
    versionArgs: ['--version', '--disable-version-check'],
    neededFor: 'demand',
    usualSeconds: 150,
  }),
  go('registry', 'github.com/distribution/distribution/v3/cmd/registry', {
    version: '3.1.2',
    versionArgs: ['--version'],
    neededFor: 'test',
    usualSeconds: 30,
  }),
] as const satisfies readonly GoTool[];

export const systemTools = [
  { kind: 'system', name: 'redis-server', debianPackage: 'redis-server', neededFor: 'start' },
  { kind: 'system', name: 'git', debianPackage: 'git', neededFor: 'start' },
  { kind: 'system', name: 'sshd', debianPackage: 'openssh-server', neededFor: 'test' },
  { kind: 'system', name: 'ssh', debianPackage: 'openssh-client', neededFor: 'test' },
  { kind: 'system', name: 'ssh-keygen', debianPackage: 'openssh-client', neededFor: 'test' },
  { kind: 'system', name: 'gpg', debianPackage: 'gnupg', neededFor: 'test' },
] as const satisfies readonly SystemTool[];

const table = new Map<string, Tool>([...goTools, ...systemTools].map((tool) => [tool.name, tool]));

/** The names of all tools that starting, or testing too, can't do without. */
export function toolsFor(purpose: 'start' | 'test'): string[] {
  const needs: readonly ToolNeed[] = purpose === 'start' ? ['start'] : ['start', 'test'];
  return [...table.values()].filter((tool) => needs.includes(tool.neededFor)).map((tool) => tool.name);
}

/** The table's entry for a name, or undefined for a name that it doesn't hold. */
export function findTool(name: string): Tool | undefined {
  return table.get(name);
}

/**
 * The linker flags of every Go tool. Kubernetes must report a version that its
 * clients can parse; helm and kustomize must report the release they are.
 */
export function linkerFlags(): string {
  const set: Record<string, string> = {
    'k8s.io/component-base/version.gitVersion': `v${kubernetes.version}`,
    'k8s.io/component-base/version.gitMajor': '1',
    'k8s.io/component-base/version.gitMinor': '36',
    'k8s.io/component-base/version.gitTreeState': 'clean',
    'helm.sh/helm/v3/internal/version.version': 'v3.21.4',
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor': '36',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor': '1',
    'helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor': '36',
    'sigs.k8s.io/kustomize/api/provenance.version': 'v5.8.1',
    'github.com/distribution/distribution/v3/version.version': 'v3.1.2',
  };
  return ['-s', '-w', ...Object.entries(set).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

function go(
  name: string,
  importPath: string,
  rest: Pick<GoTool, 'version' | 'versionArgs' | 'neededFor' | 'usualSeconds'>,
): GoTool {
  return { kind: 'go', name, package: importPath, output: outputName(importPath), ...rest };
}

/** Go names a binary after the last part of its import path that isn't a major version. */
function outputName(importPath: string): string {
  const parts = importPath.split('/').filter((part) => !/^v\d+$/.test(part));
  return parts.at(-1) ?? importPath;
}
