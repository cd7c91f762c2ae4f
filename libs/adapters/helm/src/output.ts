import type { JsonObject } from '@tiphys/model';
import { parseKubernetesObjects } from '@tiphys/yaml';

const DOCUMENT = /^---[ \t]*\n# Source: (.*)\n/gm;

/**
 * The objects in what `helm template` wrote. A document that does not parse, or is no Kubernetes object, is an error
 * `invalid` that names the template.
 */
export function parseTemplateOutput(output: string): readonly JsonObject[] {
  const heads = [...output.matchAll(DOCUMENT)];
  if (heads.length === 0) return parseKubernetesObjects(output, { file: 'the output of helm' });
  return heads.flatMap((head, index) =>
    parseKubernetesObjects(output.slice(head.index, heads[index + 1]?.index), {
      file: head[1] ?? 'the output of helm',
    }),
  );
}
