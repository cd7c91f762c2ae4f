export { givenTiphys, type GivenOptions } from './world.ts';
export { openShell, type CommandEnd, type Shell } from './shell.ts';
export { World } from './world.ts';
export { Rest, type OpenStream, type RestAnswer } from './rest.ts';
export { configMap, service } from './manifests.ts';
export { startBystander, type Bystander } from './bystander.ts';
export { connectRedisOf, redisContents } from './redis-contents.ts';
export { placesThatTell } from './leaks.ts';
export {
  compared,
  editData,
  endOf,
  endOfOperation,
  readyBalancer,
  resultsOf,
  sourceOf,
  syncToEnd,
  syncUntil,
} from './actions.ts';
export { auditLog, type AuditLog, type AuditedWrite } from './audit.ts';
export { joinCluster, startFarCluster, type FarCluster } from './far-cluster.ts';
