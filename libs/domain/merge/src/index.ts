export {
  applyPatch,
  clientSideApplyPatch,
  threeWayPatch,
  type ObjectPatch,
  type PatchSides,
} from './apply-patch.ts';
export { jsonEqual } from './equal.ts';
export { goJson } from './go-json.ts';
export { applyJsonMergePatch, isEmpty, threeWayJsonMergePatch } from './json-merge.ts';
export {
  builtInKinds,
  hasStruct,
  structNamed,
  typeOfKind,
  type Field,
  type FieldType,
  type ScalarForm,
  type StructType,
} from './kube-types.ts';
export { lastAppliedAnnotation, lastAppliedOf, withLastApplied } from './last-applied.ts';
export { moveManagedFields, unionOfFields, type FieldsMove } from './managed-fields.ts';
export { base64OfText, withEncodedData } from './secret-data.ts';
export { applyStrategicPatch } from './strategic-apply.ts';
export { threeWayStrategicPatch } from './strategic-patch.ts';
export type { ThreeWay } from './three-way.ts';
