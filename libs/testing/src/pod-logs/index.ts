export { startPodLogServer, type PodLogServer } from './server.ts';
export type { ContainerLog } from './container-log.ts';
