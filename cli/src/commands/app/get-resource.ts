import { isJsonObject } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { parseJson } from '@tiphys/yaml';
import { checkFormat } from '../../output/format.ts';
import { formatLiveObjects, withFields } from '../../output/live-objects.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from './app-ref.ts';
import { appNamespace } from './flags.ts';
import { needed, projectIn } from './object-flags.ts';

export const command = defineCommand({
  usage: 'APPNAME',
  args: { min: 1, max: 1 },
  description: 'Shows live objects of an application, also those that its objects own.',
  flags: {
    group: { kind: 'text', describe: 'Only objects of this API group' },
    kind: { kind: 'text', describe: 'Objects of this kind (needed)' },
    'resource-name': { kind: 'text', default: '', describe: 'Only the object of this name' },
    'filter-fields': {
      kind: 'list',
      commas: true,
      describe: 'Only these fields, such as spec.replicas',
      placeholder: 'fields',
    },
    'show-managed-fields': { kind: 'switch', describe: 'Show who wrote which field' },
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json or yaml' },
    project: { kind: 'text', describe: 'The project of the application' },
    'app-namespace': appNamespace,
  },
  examples: [
    {
      what: 'One object',
      line: 'tiphys app get-resource shop --kind Deployment --resource-name web -o yaml',
    },
    {
      what: 'How many replicas',
      line: 'tiphys app get-resource shop --kind Deployment --filter-fields spec.replicas',
    },
  ],
  async run({ connect, out, err }, { args: [name = ''], flags }) {
    needed(flags, 'kind');
    const format = checkFormat(flags.output, ['wide', 'json', 'yaml'] as const);
    const ref = parseAppRef(name, flags['app-namespace']);
    const wanted = flags['resource-name'];
    const api = await connect();
    const { nodes } = await api.objects.tree(ref, flags.project);
    const objects: JsonObject[] = [];
    for (const node of nodes ?? []) {
      const { kind, namespace, version, group } = node;
      if (kind !== flags.kind || (flags.group !== undefined && flags.group !== (group ?? ''))) continue;
      if (wanted !== '' && wanted !== node.name) continue;
      const target = {
        group: group ?? '',
        version: version ?? '',
        kind,
        namespace: namespace ?? '',
        resourceName: node.name,
      };
      const text = await api.objects.get(ref, { ...target, ...projectIn(flags.project) });
      objects.push(shown(text, flags['show-managed-fields']));
    }
    const fields = flags['filter-fields'];
    const picked = fields.length === 0 ? objects : objects.map((object) => withFields(object, fields));
    out.write(formatLiveObjects(picked, { format, isNamed: wanted !== '' }));
    err.line(`Resources '${wanted}' fetched`);
    return 0;
  },
});

function shown(text: string, withManagers: boolean): JsonObject {
  const object = parseJson(text, 'a live object');
  if (!isJsonObject(object)) return {};
  const metadata = object['metadata'];
  if (withManagers || !isJsonObject(metadata)) return object;
  const { managedFields: _managed, ...rest } = metadata;
  return { ...object, metadata: rest };
}
