import { createHash } from 'node:crypto';
import {
  annotationOf,
  annotations,
  asJson,
  type JsonObject,
  type KubeObject,
  type ResourceIgnoreDifferences,
} from '@tiphys/model';
import { rulesFor, withoutIgnored } from '@tiphys/diff';
import { jsonEqual } from '@tiphys/merge';
import { stringifyJson } from '@tiphys/yaml';
import type { LiveObject } from './live-object.ts';

/** Which changes of live objects nobody has to look at (`ignoreResourceUpdates`). */
export interface UpdateRules {
  readonly isOn: boolean;
  readonly rules: readonly ResourceIgnoreDifferences[];
}

/**
 * True where a change is none that an Application has to look at: its health is the same, and nothing but what the
 * rules leave out, and what every write moves, differs. Objects that are not tracked take part by annotation only.
 */
export function isQuiet(before: LiveObject, next: LiveObject, rules: UpdateRules | undefined): boolean {
  if (rules?.isOn !== true || before.instance !== next.instance) return false;
  if (before.health?.status !== next.health?.status || before.health?.message !== next.health?.message)
    return false;
  if (before.object !== undefined && next.object !== undefined)
    return jsonEqual(lasting(before.object, rules), lasting(next.object, rules));
  return next.traits?.digest !== undefined && before.traits?.digest === next.traits?.digest;
}

/** What stands for an object that is not kept whole, where the rules hold for it; undefined where they do not. */
export function quietDigest(object: KubeObject, rules: UpdateRules | undefined): string | undefined {
  if (rules?.isOn !== true || annotationOf(object, annotations.ignoreResourceUpdates) !== 'true')
    return undefined;
  return createHash('sha1')
    .update(stringifyJson(lasting(object, rules)))
    .digest('base64');
}

function lasting(object: KubeObject, { rules }: UpdateRules): JsonObject {
  const {
    resourceVersion: _version,
    generation: _generation,
    managedFields: _managed,
    ...metadata
  } = object.metadata;
  return withoutIgnored(asJson({ ...object, metadata }), rulesFor(rules, object));
}
