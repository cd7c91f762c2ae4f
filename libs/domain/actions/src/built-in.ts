import { asJson, groupOf, type KubeObject } from '@tiphys/model';
import type { ActionRule, ActionTable, ResourceAction } from './action.ts';
import { appsActions } from './groups/apps.ts';
import { argoprojActions } from './groups/argoproj.ts';
import { batchActions } from './groups/batch.ts';
import { databaseActions } from './groups/databases.ts';
import { fluxActions } from './groups/flux.ts';
import { kedaActions } from './groups/keda.ts';
import { numaprojActions } from './groups/numaproj.ts';
import { operatorActions } from './groups/operators.ts';
import { rolloutsActions } from './groups/rollouts.ts';

/** Every built-in action. */
export const actionTable: ActionTable = {
  ...appsActions,
  ...argoprojActions,
  ...batchActions,
  ...databaseActions,
  ...fluxActions,
  ...kedaActions,
  ...numaprojActions,
  ...operatorActions,
  ...rolloutsActions,
};

const rulesOf = (object: KubeObject): readonly ActionRule[] =>
  actionTable[`${groupOf(object.apiVersion)}/${object.kind}`] ?? [];

/** The built-in action of an object by its name, or undefined. */
export const builtInAction = (object: KubeObject, name: string): ActionRule | undefined =>
  rulesOf(object).find((rule) => rule.name === name);

/** The built-in actions of an object as it is now, by name. */
export const builtInActions = (object: KubeObject): readonly ResourceAction[] =>
  rulesOf(object).map((rule) => toAction(rule, object));

function toAction(rule: ActionRule, object: KubeObject): ResourceAction {
  const { name, params = [], iconClass, displayName, isDisabled } = rule;
  return {
    name,
    ...(params.length === 0 ? {} : { params: params.map((param) => ({ name: param })) }),
    ...(isDisabled?.(asJson(object)) === true ? { disabled: true } : {}),
    ...(iconClass === undefined ? {} : { iconClass }),
    ...(displayName === undefined ? {} : { displayName: shownName(displayName, object) }),
  };
}

const shownName = (displayName: NonNullable<ActionRule['displayName']>, object: KubeObject): string =>
  typeof displayName === 'string' ? displayName : displayName(asJson(object));
