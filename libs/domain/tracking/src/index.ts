export * from './tracking-id.ts';
export * from './mark.ts';
