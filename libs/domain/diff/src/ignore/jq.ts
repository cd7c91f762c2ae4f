import {
  annotations,
  asJson,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { goJson, lastAppliedOf } from '@tiphys/merge';
import { expressionsForJq, rulesFor } from './rules.ts';

/**
 * Evaluates jq's `del(<expression>)` on each document, one expression after the other, within a deadline of its own.
 * An expression that fails on a document changes nothing there.
 */
export type JqDelete = (
  expressions: readonly string[],
  documents: readonly JsonObject[],
) => Promise<readonly JsonObject[]>;

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
  const applied = lastAppliedOf(live);
  const documents = [asJson(target), asJson(live), ...(applied === undefined ? [] : [applied])];
  const [wanted, actual, record] = await jq(expressions, documents);
  const cut = (actual ?? asJson(live)) as unknown as KubeObject;
  return {
    target: (wanted ?? asJson(target)) as unknown as KubeObject,
    live: record === undefined ? cut : withRecord(cut, record),
  };
}

function withRecord(live: KubeObject, applied: JsonObject): KubeObject {
  const own = { ...live.metadata.annotations, [annotations.lastApplied]: goJson(applied) };
  return { ...live, metadata: { ...live.metadata, annotations: own } };
}
