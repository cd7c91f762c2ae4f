export { LeaseSet, type LeaseSetOptions } from './lease-set.ts';
