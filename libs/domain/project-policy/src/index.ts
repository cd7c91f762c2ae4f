export * from './glob.ts';
export * from './project-policy.ts';
