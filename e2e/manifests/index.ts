export * from './objects.ts';
export { deployment, webChart } from './web-chart.ts';
