import type { DetailedProject, Project, ProjectSpec } from '../api/schemas/project.ts';
import { formatTable } from './table.ts';

const NONE = '<none>';

const HEAD = [
  'NAME',
  'DESCRIPTION',
  'DESTINATIONS',
  'SOURCES',
  'CLUSTER-RESOURCE-WHITELIST',
  'NAMESPACE-RESOURCE-BLACKLIST',
  'SIGNATURE-KEYS',
  'ORPHANED-RESOURCES',
  'DESTINATION-SERVICE-ACCOUNTS',
];

/** One line a project. */
export const formatProjects = (projects: readonly Project[]): string =>
  formatTable([HEAD, ...projects.map(({ metadata, spec }) => lineOf(metadata.name ?? '', spec))]);

function lineOf(name: string, spec: ProjectSpec): readonly string[] {
  const keys = spec.signatureKeys ?? [];
  return [
    name,
    spec.description ?? '',
    oneOrCount(destinations(spec), 'destinations'),
    oneOrCount(spec.sourceRepos ?? [], 'repos'),
    oneOrCount(kinds(spec.clusterResourceWhitelist), 'resources'),
    oneOrCount(kinds(spec.namespaceResourceBlacklist), 'resources'),
    keys.length === 0 ? NONE : `${String(keys.length)} key(s)`,
    orphaned(spec),
    oneOrCount(accounts(spec), 'destinationServiceAccounts'),
  ];
}

/** All of a project that people ask for. */
export function formatProject({ project, repositories, clusters }: DetailedProject): string {
  const { metadata, spec } = project;
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['Name', [metadata.name ?? '']],
    ['Description', [spec.description ?? '']],
    ['Destinations', orNone(destinations(spec))],
    ['Repositories', orNone(spec.sourceRepos ?? [])],
    ['Source Namespaces', orNone(spec.sourceNamespaces ?? [])],
    ['Scoped Repositories', orNone((repositories ?? []).map(({ repo }) => repo ?? ''))],
    ['Allowed Cluster Resources', orNone(kinds(spec.clusterResourceWhitelist))],
    ['Scoped Clusters', orNone((clusters ?? []).map(({ server }) => server ?? ''))],
    ['Denied Namespaced Resources', orNone(kinds(spec.namespaceResourceBlacklist))],
    ['Signature keys', [orNone((spec.signatureKeys ?? []).map(({ keyID }) => keyID ?? '')).join(', ')]],
    ['Orphaned Resources', [orphaned(spec)]],
  ];
  return fields
    .flatMap(([title, values]) => values.map((value, at) => line(at === 0 ? `${title}:` : '', value)))
    .join('');
}

const WIDTH = 29;
const line = (title: string, value: string): string => `${title.padEnd(WIDTH)}${value}\n`;

const oneOrCount = (values: readonly string[], what: string): string =>
  values.length > 1 ? `${String(values.length)} ${what}` : (values[0] ?? NONE);

const orNone = (values: readonly string[]): readonly string[] => (values.length === 0 ? [NONE] : values);

const destinations = (spec: ProjectSpec): readonly string[] =>
  (spec.destinations ?? []).map(({ server, namespace }) => `${server ?? ''},${namespace ?? ''}`);

const accounts = (spec: ProjectSpec): readonly string[] =>
  (spec.destinationServiceAccounts ?? []).map(
    ({ server, namespace, defaultServiceAccount }) =>
      `${server ?? ''},${namespace ?? ''},${defaultServiceAccount ?? ''}`,
  );

const kinds = (list: ProjectSpec['clusterResourceWhitelist']): readonly string[] =>
  (list ?? []).map(({ group, kind }) => `${group ?? ''}/${kind ?? ''}`);

function orphaned({ orphanedResources: settings }: ProjectSpec): string {
  if (settings === undefined || settings === null) return 'disabled';
  const ignored = (settings.ignore ?? []).length;
  const details = `warn=${String(settings.warn ?? true)}${ignored === 0 ? '' : `, ignored ${String(ignored)}`}`;
  return `enabled (${details})`;
}
