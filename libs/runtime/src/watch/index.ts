export {
  compareVersions,
  objectName,
  ObjectStore,
  type Change,
  type ChangeType,
  type ObjectStoreOptions,
  withoutManagedFields,
} from './object-store.ts';
export { ownKinds } from './own-kinds.ts';
