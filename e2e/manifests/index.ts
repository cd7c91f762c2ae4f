export { webChart, deployment } from './web-chart.ts';
