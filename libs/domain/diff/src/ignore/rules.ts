import {
  groupOf,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
  type ResourceRef,
} from '@tiphys/model';
import { globMatches } from '@tiphys/project-policy';
import { parseJqPath, withoutJqPath } from './jq-path.ts';
import { parsePointer, withoutPath } from './json-pointer.ts';

/** The rules that speak of this object: group and kind are globs, name and namespace exact where set. */
export function rulesFor(
  rules: readonly ResourceIgnoreDifferences[],
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
): readonly ResourceIgnoreDifferences[] {
  return rules.filter((rule) =>
    matches(rule, {
      group: groupOf(object.apiVersion),
      kind: object.kind,
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name ?? '',
    }),
  );
}

const matches = (rule: ResourceIgnoreDifferences, ref: ResourceRef): boolean =>
  globMatches(rule.group ?? '', ref.group) &&
  globMatches(rule.kind, ref.kind) &&
  isEmptyOr(rule.name, ref.name) &&
  isEmptyOr(rule.namespace, ref.namespace);

const isEmptyOr = (wanted: string | undefined, value: string): boolean =>
  wanted === undefined || wanted === '' || wanted === value;

/** The object without the fields that the rules name by JSON pointer or plain jq path. */
export function withoutIgnored(object: JsonObject, rules: readonly ResourceIgnoreDifferences[]): JsonObject {
  let result = object;
  for (const rule of rules) {
    for (const pointer of rule.jsonPointers ?? []) {
      const path = parsePointer(pointer);
      if (path !== undefined) result = withoutPath(result, path) as JsonObject;
    }
    for (const expression of rule.jqPathExpressions ?? []) result = withoutPlainPath(result, expression);
  }
  return result;
}

function withoutPlainPath(object: JsonObject, expression: string): JsonObject {
  const steps = parseJqPath(expression);
  return steps === undefined ? object : withoutJqPath(object, steps);
}

/** The jq expressions among the rules that are more than a plain path and need a jq engine. */
export const expressionsForJq = (rules: readonly ResourceIgnoreDifferences[]): readonly string[] =>
  rules.flatMap((rule) => (rule.jqPathExpressions ?? []).filter((text) => parseJqPath(text) === undefined));
