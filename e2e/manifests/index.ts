export { definitionOf } from './definition.ts';
export * from './objects.ts';
export { balancer, deployment, inWave, webChart } from './web-chart.ts';
