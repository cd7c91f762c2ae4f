export { installChart, uninstallChart, type ChartRelease } from './chart.ts';
export { repositoryRoot, startSystem, type SystemOptions, type TiphysSystem } from './system.ts';
