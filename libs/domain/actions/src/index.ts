export type { ActionContext, Impact, ResourceAction } from './action.ts';
export { actionTable, builtInAction, builtInActions } from './built-in.ts';
export { patchBetween, splitStatus } from './patch-of.ts';
export { actionsOfScript, impactsOfScript, mergedActions, sortedActions } from './script-actions.ts';
