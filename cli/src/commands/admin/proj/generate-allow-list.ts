import { writeFile } from 'node:fs/promises';
import { arrayAt, asJson, isJsonObject, messageOf, type JsonValue } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';
import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster } from '../../../kube/own-cluster.ts';
import { formatDocument } from '../../../output/document.ts';
import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { readObject } from '../read-object.ts';
import { projectDocument } from './project-document.ts';

export const command = defineCommand({
  usage: 'CLUSTERROLE_PATH PROJ_NAME',
  args: { min: 2, max: 2 },
  description:
    'Prints a project that may deploy just the kinds that a ClusterRole lets one create. The cluster is asked which kinds there are.',
  flags: {
    ...kubeFlags,
    out: {
      kind: 'text',
      short: 'o',
      default: '-',
      placeholder: 'file',
      describe: 'File to write; - for standard output',
    },
  },
  examples: [
    { what: 'Out of a role', line: 'tiphys admin proj generate-allow-list role.yaml team-a -o project.yaml' },
  ],
  async run(invocation, { args: [path = '', name = ''], flags }) {
    const role = await readObject(path);
    if (role.kind !== 'ClusterRole')
      throw new Failure(`${path} holds a ${role.kind}, not a ClusterRole.`, { exitCode: exitCodes.general });
    const rules = arrayAt(asJson(role), 'rules');
    const resources = await withCluster(
      invocation,
      flags,
      async ({ api }) => (await api.discover()).resources,
    );
    const allowed = unique(resources.filter((resource) => rules.some((rule) => lets(rule, resource))));
    const listOf = (namespaced: boolean) =>
      allowed
        .filter((resource) => resource.namespaced === namespaced)
        .map(({ group, kind }) => ({ group, kind }));
    const [inNamespaces, inCluster] = [listOf(true), listOf(false)];
    const spec = {
      ...(inNamespaces.length === 0 ? {} : { namespaceResourceWhitelist: inNamespaces }),
      ...(inCluster.length === 0 ? {} : { clusterResourceWhitelist: inCluster }),
    };
    if (inNamespaces.length === 0)
      invocation.err.line(
        `${invocation.err.paint('Warning:', 'yellow')} ${path} lets one create nothing in namespaces, and a project without such a list may deploy every kind there.`,
      );
    const text = formatDocument({ ...projectDocument(name, spec), status: {} }, 'yaml');
    if (flags.out === '-') invocation.out.write(text);
    else await write(flags.out, text);
    return 0;
  },
});

const write = (file: string, text: string): Promise<void> =>
  writeFile(file, text).catch((cause: unknown) => {
    throw new Failure(`The file ${file} cannot be written: ${messageOf(cause)}`, {
      exitCode: exitCodes.general,
      cause,
    });
  });

/** True where a rule of a role lets one create objects of a kind. */
function lets(rule: JsonValue, { group, resource }: ApiResource): boolean {
  if (!isJsonObject(rule)) return false;
  const names = (key: string, ...wanted: readonly string[]): boolean =>
    arrayAt(rule, key).some((one) => typeof one === 'string' && wanted.includes(one));
  return names('verbs', 'create', '*') && names('apiGroups', group, '*') && names('resources', resource, '*');
}

/** Each kind once: it may be served in several versions. */
function unique(resources: readonly ApiResource[]): readonly ApiResource[] {
  const byKind = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]));
  return [...byKind].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
}
