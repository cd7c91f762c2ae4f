import { asJson, type JsonObject, type KubeObject, type ResourceIgnoreDifferences } from '@tiphys/model';
import { withEncodedData } from '@tiphys/merge';
import { isSecret } from '../normalize.ts';
import type { JqDelete } from './jq.ts';
import { withoutManagedDifferences } from './managed-fields.ts';
import { withRemovedPut } from './put-back.ts';
import { expressionsForJq, rulesFor, withoutIgnored } from './rules.ts';

export interface KeepLiveSides {
  readonly target: KubeObject;
  readonly live: KubeObject;
}

/**
 * The target with the values of the live object wherever an ignore rule names a field by JSON pointer, plain jq path
 * or manager (sync option `RespectIgnoreDifferences`), so that applying it leaves these fields alone. A field that
 * live doesn't have is left out. Elements of lists are matched by their name, else by index. The very same target
 * comes back where no rule speaks of it. For rules beyond plain paths see `withAllIgnoredFromLive`.
 */
export function withIgnoredFromLive(
  { target, live }: KeepLiveSides,
  rules: readonly ResourceIgnoreDifferences[],
): KubeObject {
  const matching = rulesFor(rules, live);
  if (matching.length === 0) return target;
  const sides = { target: written(target), live: asJson(live) };
  return putBack(sides, cut(sides, live, matching));
}

/** As `withIgnoredFromLive`, with every jq expression. Rejects as `jq` does. */
export async function withAllIgnoredFromLive(
  { target, live }: KeepLiveSides,
  rules: readonly ResourceIgnoreDifferences[],
  jq: JqDelete,
): Promise<KubeObject> {
  const matching = rulesFor(rules, live);
  if (matching.length === 0) return target;
  const sides = { target: written(target), live: asJson(live) };
  const expressions = expressionsForJq(matching);
  const [wanted, actual] =
    expressions.length === 0 ? [sides.target, sides.live] : await jq(expressions, [sides.target, sides.live]);
  const rest = { target: wanted ?? sides.target, live: actual ?? sides.live };
  return putBack(sides, cut(rest, live, matching));
}

interface Sides {
  readonly target: JsonObject;
  readonly live: JsonObject;
}

/** Rules speak of `data`, whichever way a Secret is written. */
const written = (target: KubeObject): JsonObject =>
  isSecret(target) ? withEncodedData(asJson(target)) : asJson(target);

function cut(sides: Sides, live: KubeObject, rules: readonly ResourceIgnoreDifferences[]): Sides {
  const left = { target: withoutIgnored(sides.target, rules), live: withoutIgnored(sides.live, rules) };
  const managers = rules.flatMap((rule) => rule.managedFieldsManagers ?? []);
  return managers.length === 0
    ? left
    : withoutManagedDifferences(left, live.metadata.managedFields, managers);
}

const putBack = (whole: Sides, left: Sides): KubeObject =>
  withRemovedPut(left.target, { whole: whole.live, left: left.live }) as unknown as KubeObject;
