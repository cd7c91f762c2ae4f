export { artifactSourceContract, type ArtifactSourceUnderTest } from './artifact-source.ts';
export { cacheContract, type CacheUnderTest } from './cache.ts';
export { kubeApiContract, type KubeApiUnderTest } from './kube-api.ts';
export { workQueueContract, type WorkQueueUnderTest } from './work-queue.ts';
export {
  configPluginContract,
  type ConfigPluginStarter,
  type ConfigPluginUnderTest,
} from './config-plugin.ts';
