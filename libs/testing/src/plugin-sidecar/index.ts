export { startPluginSidecar, type PluginSidecar, type PluginSidecarOptions } from './plugin-sidecar.ts';
export { pluginFiles, sidecarValues, type SidecarSketch } from './chart-values.ts';
