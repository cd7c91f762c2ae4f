export { startKubelet, type Kubelet } from './kubelet.ts';
export { writeRunningPod, type RunningPod } from './pod.ts';
