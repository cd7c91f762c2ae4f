export { ContainerProcess } from './container-process.ts';
export { LocalPod } from './local-pod.ts';
export { PodRunner, startPodRunner, type PodRunnerOptions } from './pod-runner.ts';
