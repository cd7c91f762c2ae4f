export { packChart, packFiles, type ChartFiles } from './pack-chart.ts';
export { startHelmRepo, type HelmRepo, type HelmRepoOptions, type PublishedChart } from './server.ts';
