export { privateFolder, type PrivateFolder } from './folder.ts';
export { guardFolder, guardGroup, releaseFolder, releaseGroup } from './guard.ts';
export {
  startProcess,
  type ManagedProcess,
  type ProcessExit,
  type ProcessOptions,
} from './managed-process.ts';
export { freePort, freePorts } from './ports.ts';
export { poll, waitReady, type PollOptions } from './ready.ts';
