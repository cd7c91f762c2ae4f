import {
  annotations,
  asJson,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { goJson, lastAppliedOf } from '@tiphys/merge';
import { expressionsForJq, rulesFor } from './rules.ts';

/** Evaluates jq's `del(<expression>)` on an object, within a deadline of its own. */
export type JqDelete = (expression: string, object: JsonObject) => Promise<JsonObject>;

export interface JqSides {
  readonly target: KubeObject;
  readonly live: KubeObject;
}

/**
 * Both objects without what the jq expressions of the rules name, as far as those are more than plain paths (which
 * the comparison handles itself); what was applied last is treated alike. Call it before the comparison where an
 * engine is at hand. The very same objects come back where no such expression speaks of them.
 * @throws what `jq` throws.
 */
export async function withoutJqIgnored(
  { target, live }: JqSides,
  rules: readonly ResourceIgnoreDifferences[],
  jq: JqDelete,
): Promise<JqSides> {
  const expressions = expressionsForJq(rulesFor(rules, live));
  if (expressions.length === 0) return { target, live };
  const without = async (object: JsonObject): Promise<JsonObject> => {
    let result = object;
    for (const expression of expressions) result = await jq(expression, result);
    return result;
  };
  const applied = lastAppliedOf(live);
  const cut = (await without(asJson(live))) as unknown as KubeObject;
  return {
    target: (await without(asJson(target))) as unknown as KubeObject,
    live: applied === undefined ? cut : withRecord(cut, await without(applied)),
  };
}

function withRecord(live: KubeObject, applied: JsonObject): KubeObject {
  const own = { ...live.metadata.annotations, [annotations.lastApplied]: goJson(applied) };
  return { ...live, metadata: { ...live.metadata, annotations: own } };
}
