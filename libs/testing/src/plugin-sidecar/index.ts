export { startPluginSidecar, type PluginSidecar, type PluginSidecarOptions } from './plugin-sidecar.ts';
