export * from './kind-order.ts';
export * from './options.ts';
export * from './plan.ts';
export * from './next-step.ts';
export * from './automation.ts';
export * from './retry.ts';
export * from './history.ts';
