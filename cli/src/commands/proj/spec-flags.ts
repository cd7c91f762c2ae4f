import type { ProjectSpec } from '../../api/schemas/project.ts';
import type { FlagSet, Input } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import { general, split } from './edit-project.ts';

/** What a project may be made of on the command line. */
export const specFlags = {
  description: { kind: 'text', describe: 'What the project is for' },
  dest: { kind: 'list', short: 'd', placeholder: 'server,namespace', describe: 'Where it may deploy to' },
  src: { kind: 'list', short: 's', placeholder: 'url', describe: 'Repository that it may deploy from' },
  'source-namespaces': {
    kind: 'list',
    commas: true,
    describe: 'Namespaces that its applications may live in',
  },
  'signature-keys': { kind: 'list', commas: true, describe: 'Ids of the keys that commits are signed with' },
  'allow-cluster-resource': {
    kind: 'list',
    describe: 'Cluster-scoped kind that it may deploy: GROUP/KIND or KIND, and /NAME',
  },
  'deny-cluster-resource': { kind: 'list', describe: 'Cluster-scoped kind that it may not deploy' },
  'allow-namespaced-resource': { kind: 'list', describe: 'Namespaced kind that it may deploy' },
  'deny-namespaced-resource': { kind: 'list', describe: 'Namespaced kind that it may not deploy' },
  'orphaned-resources': { kind: 'switch', describe: 'Watch for objects that belong to no application' },
  'orphaned-resources-warn': { kind: 'switch', describe: 'Warn of them' },
  'dest-service-accounts': {
    kind: 'list',
    placeholder: 'server,namespace,account',
    describe: 'Account whose rights syncs to a destination have',
  },
} as const satisfies FlagSet;

type SpecInput = Input<typeof specFlags>;

/** A spec with what the flags say put over it. */
export function withSpecFlags(
  spec: ProjectSpec,
  { flags, given }: Pick<SpecInput, 'flags' | 'given'>,
): ProjectSpec {
  const has = (name: keyof typeof specFlags): boolean => given.has(name);
  const warn = flags['orphaned-resources-warn'];
  return {
    ...spec,
    ...(has('description') ? { description: flags.description ?? '' } : {}),
    ...(has('dest') ? { destinations: flags.dest.map(destinationOf) } : {}),
    ...(has('src') ? { sourceRepos: [...flags.src] } : {}),
    ...(has('source-namespaces') ? { sourceNamespaces: [...split(flags['source-namespaces'])] } : {}),
    ...(has('signature-keys') ? { signatureKeys: split(flags['signature-keys']).map(keyOf) } : {}),
    ...(has('allow-cluster-resource')
      ? { clusterResourceWhitelist: flags['allow-cluster-resource'].map(kindOf) }
      : {}),
    ...(has('deny-cluster-resource')
      ? { clusterResourceBlacklist: flags['deny-cluster-resource'].map(kindOf) }
      : {}),
    ...(has('allow-namespaced-resource')
      ? { namespaceResourceWhitelist: flags['allow-namespaced-resource'].map(kindOf) }
      : {}),
    ...(has('deny-namespaced-resource')
      ? { namespaceResourceBlacklist: flags['deny-namespaced-resource'].map(kindOf) }
      : {}),
    ...(has('dest-service-accounts')
      ? { destinationServiceAccounts: flags['dest-service-accounts'].map(accountOf) }
      : {}),
    ...(flags['orphaned-resources'] || warn
      ? {
          orphanedResources: {
            ...spec.orphanedResources,
            ...(has('orphaned-resources-warn') ? { warn } : {}),
          },
        }
      : {}),
  };
}

function destinationOf(text: string): { readonly server: string; readonly namespace: string } {
  const [server, namespace, ...more] = text.split(',');
  if (server !== undefined && namespace !== undefined && more.length === 0) return { server, namespace };
  throw general(`Expected destination of the form: server,namespace. Received: ${text}`);
}

function accountOf(text: string): { server: string; namespace: string; defaultServiceAccount: string } {
  const [server, namespace, account, ...more] = text.split(',');
  if (server !== undefined && namespace !== undefined && account !== undefined && more.length === 0) {
    return { server, namespace, defaultServiceAccount: account };
  }
  throw general(`Expected account of the form: server,namespace,account. Received: ${text}`);
}

/** The id of a key, in capitals. */
export function keyOf(text: string): { readonly keyID: string } {
  if (!/^[0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{24})?$/.test(text))
    throw new Failure(`'${text}' is not a valid GnuPG key ID`);
  return { keyID: text.slice(-16).toUpperCase() };
}

/** `Kind`, `group/Kind` or `group/Kind/name`; a slash in front stands for the core group. */
function kindOf(text: string): { readonly group: string; readonly kind: string; readonly name?: string } {
  const parts = text.split('/');
  const [group = '', kind = '', name] = parts.length === 1 ? ['', text] : parts;
  return { group, kind, ...(name === undefined ? {} : { name }) };
}
