import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { hasStruct, type FieldType } from '@tiphys/merge';
import { canonicalValue } from './canonical.ts';
import type { KnownTypeField } from './options.ts';

const podSpec = 'core/v1/PodSpec';
const container = 'core/v1/Container';

/** Fields of custom resources that hold values of built-in types. */
const builtIn: Readonly<Record<string, readonly KnownTypeField[]>> = {
  'argoproj.io/Rollout': [{ field: 'spec.template.spec', type: podSpec }],
  'argoproj.io/Experiment': [{ field: 'spec.templates.template.spec', type: podSpec }],
  'argoproj.io/AnalysisRun': [{ field: 'spec.metrics.provider.job.spec.template.spec', type: podSpec }],
  'argoproj.io/AnalysisTemplate': [{ field: 'spec.metrics.provider.job.spec.template.spec', type: podSpec }],
  'argoproj.io/Workflow': [{ field: 'spec.templates.container', type: container }],
};

/** The known fields of a kind, built in and configured. */
export function knownFieldsOf(
  group: string,
  kind: string,
  configured: Readonly<Record<string, readonly KnownTypeField[]>> = {},
): readonly KnownTypeField[] {
  const key = group === '' ? kind : `${group}/${kind}`;
  const [own, given] = [builtIn[key], configured[key]];
  if (own === undefined) return given ?? [];
  return given === undefined ? own : [...own, ...given];
}

/** The object with its known fields in the form that a built-in type has. Types that don't exist are skipped. */
export function withKnownTypes(object: JsonObject, fields: readonly KnownTypeField[]): JsonObject {
  let result: JsonValue = object;
  for (const { field, type } of fields) {
    const known = typeNamed(type);
    if (known !== undefined) result = rewrittenAt(result, field.split('.'), known);
  }
  return result as JsonObject;
}

function typeNamed(type: string): FieldType | undefined {
  if (type === 'core/Quantity' || type === 'core/v1/Quantity') return { form: 'quantity' };
  if (type === 'meta/v1/Duration') return { form: 'duration' };
  if (type === 'core/v1/ResourceList') return { form: 'map', of: { form: 'quantity' } };
  const slash = type.lastIndexOf('/');
  const ref = `${type.slice(0, slash)}.${type.slice(slash + 1)}`;
  return hasStruct(ref) ? { form: 'struct', ref } : undefined;
}

function rewrittenAt(value: JsonValue, path: readonly string[], type: FieldType): JsonValue {
  if (Array.isArray(value)) return (value as JsonValue[]).map((element) => rewrittenAt(element, path, type));
  const [key, ...rest] = path;
  if (key === undefined) return canonicalValue(value, type);
  if (!isJsonObject(value)) return value;
  const inner = value[key];
  return inner === undefined ? value : { ...value, [key]: rewrittenAt(inner, rest, type) };
}
