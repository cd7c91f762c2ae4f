import { exitCodes, Failure } from '../../program/failure.ts';
import { defineCommand } from '../../program/definition.ts';
import { queryOf } from './cluster-ref.ts';
import { pairs } from './pairs.ts';

export const command = defineCommand({
  usage: 'NAME',
  args: { min: 1, max: 1 },
  description: 'Changes the name, namespaces, labels or annotations of a cluster.',
  flags: {
    name: { kind: 'text', describe: 'New name' },
    namespace: {
      kind: 'list',
      describe: 'Namespaces that it is limited to; * for all',
      placeholder: 'namespace',
    },
    label: {
      kind: 'list',
      describe: 'Labels in place of those it has, such as `env=prod`',
      placeholder: 'label',
    },
    annotation: { kind: 'list', describe: 'Annotations in place of those it has', placeholder: 'annotation' },
  },
  examples: [{ what: 'Rename one', line: 'tiphys cluster set staging --name test --label env=test' }],
  async run({ connect, out }, { args: [cluster = ''], flags }) {
    const body = {
      ...(flags.name === undefined ? {} : { name: flags.name }),
      ...(flags.namespace.length === 0 ? {} : { namespaces: flags.namespace.filter((one) => one !== '*') }),
      ...(flags.label.length === 0 ? {} : { labels: pairs(flags.label) }),
      ...(flags.annotation.length === 0 ? {} : { annotations: pairs(flags.annotation) }),
    };
    const updatedFields = Object.keys(body);
    if (updatedFields.length === 0)
      throw new Failure('Specify the cluster field(s) to be updated.', { exitCode: exitCodes.general });
    await (await connect()).clusters.update(cluster, body, { ...queryOf(cluster), updatedFields });
    out.line(`Cluster '${cluster}' updated.`);
    return 0;
  },
});
