export { startPodExec } from './server.ts';
export type { ExecRequest, PodExecServer } from './server.ts';
