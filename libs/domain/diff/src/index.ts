export { changedPaths } from './changed-paths.ts';
export { compareObject, type ComparedObjects, type Comparison } from './compare.ts';
export { canonicalDuration } from './go-duration.ts';
export { formatPointer, parsePointer, withoutPath } from './ignore/json-pointer.ts';
export { expressionsForJq, rulesFor, withoutIgnored } from './ignore/rules.ts';
export { withoutJqIgnored, type JqDelete, type JqSides } from './ignore/jq.ts';
export { maskSecrets, type MaskOptions, type Versions } from './mask-secrets.ts';
export type { CompareOptions, KnownTypeField } from './options.ts';
export { canonicalQuantity } from './quantity.ts';
