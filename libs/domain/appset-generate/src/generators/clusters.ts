import { annotations as known } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { GeneratorCluster, Params } from '../inputs.ts';
import { normalizedName } from '../names.ts';
import { compileSelector } from '../selector.ts';
import type { Dialect } from '../templates/render.ts';
import { withValues } from '../templates/values.ts';
import type { Generator } from './generator.ts';

/** Yields the clusters that there are; with a selector only those whose secrets have the labels. */
export const clusters: Generator = async (generator, { inputs, dialect }) => {
  const selects = compileSelector(generator['selector']);
  const picked = inputs
    .clusters()
    .filter(({ metadata }) => selects === undefined || (metadata !== undefined && selects(metadata.labels)));
  const own = picked.filter(({ metadata }) => metadata === undefined);
  const declared = picked.filter(({ metadata }) => metadata !== undefined);
  const params: Params[] = [];
  for (const cluster of [...own, ...declared]) {
    params.push(await withValues(generator['values'], paramsOf(cluster, dialect), dialect));
  }
  return generator['flatList'] === true ? [{ clusters: params }] : params;
};

function paramsOf({ name, server, project, metadata }: GeneratorCluster, { goTemplate }: Dialect): Params {
  const base = { name, nameNormalized: normalizedName(name), server, project };
  if (metadata === undefined) return base;
  const labels: JsonObject = metadata.labels;
  const annotations = shownAnnotations(metadata.annotations);
  if (goTemplate) {
    const filled = {
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    };
    return { ...base, metadata: filled };
  }
  return { ...base, ...dotted('metadata.annotations', annotations), ...dotted('metadata.labels', labels) };
}

/** The last applied version of a secret holds all of it. */
const shownAnnotations = (annotations: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== known.lastApplied));

const dotted = (prefix: string, values: JsonObject): Params =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
