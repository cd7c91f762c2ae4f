export { LeaseSet, type LeaseNews, type LeaseSetOptions } from './lease-set.ts';
