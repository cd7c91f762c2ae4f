import { arrayAt, isJsonObject, stringAt, valueAt, type JsonObject } from '@tiphys/model';
import type { ActionContext, ActionRule, ActionTable, Impact } from '../action.ts';
import { created, nameAt, ownerReferenceOf, patched, timestampOf } from '../change.ts';

const AUTOMATED = ['spec', 'syncPolicy', 'automated'];

function isAutomated(object: JsonObject): boolean {
  const automated = valueAt(object, ...AUTOMATED);
  return isJsonObject(automated) && automated['enabled'] !== false;
}

/** Automation that is off by its own switch keeps its other settings. */
const toggled = (object: JsonObject): readonly Impact[] =>
  patched(object, [[[...AUTOMATED, 'enabled'], !isAutomated(object)]]);

const isGenerated = (object: JsonObject): boolean =>
  arrayAt(object, 'metadata', 'ownerReferences').some(
    (owner) => stringAt(owner, 'kind') === 'ApplicationSet',
  );

const createWorkflow = (
  workflow: (object: JsonObject, context: ActionContext) => JsonObject,
): ActionRule => ({
  name: 'create-workflow',
  displayName: 'Create Workflow',
  iconClass: 'fa fa-fw fa-plus',
  run: (object, context) => {
    const { metadata, ...rest } = workflow(object, context);
    return created({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: {
        name: nameAt(stringAt(object, 'metadata', 'name') ?? '', context),
        namespace: valueAt(object, 'metadata', 'namespace'),
        ...(isJsonObject(metadata) ? metadata : {}),
      },
      ...rest,
    });
  },
});

/** What the cron controller itself would start now. */
function workflowOfCron(object: JsonObject, context: ActionContext): JsonObject {
  const template = valueAt(object, 'spec', 'workflowMetadata');
  return {
    metadata: {
      labels: {
        ...(valueAt(template, 'labels') as JsonObject | undefined),
        'workflows.argoproj.io/cron-workflow': stringAt(object, 'metadata', 'name') ?? '',
      },
      annotations: {
        ...(valueAt(template, 'annotations') as JsonObject | undefined),
        'workflows.argoproj.io/scheduled-time': timestampOf(context),
      },
      ownerReferences: [ownerReferenceOf(object)],
    },
    spec: valueAt(object, 'spec', 'workflowSpec') ?? {},
  };
}

const workflowOfTemplate = (object: JsonObject): JsonObject => {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return {
    metadata: { labels: { 'workflows.argoproj.io/workflow-template': name } },
    spec: { workflowTemplateRef: { name } },
  };
};

export const argoprojActions: ActionTable = {
  'argoproj.io/Application': [
    {
      name: 'toggle-auto-sync',
      displayName: (object) => `${isAutomated(object) ? 'Disable' : 'Enable'} Auto-Sync`,
      isDisabled: isGenerated,
      run: toggled,
    },
  ],
  'argoproj.io/CronWorkflow': [createWorkflow(workflowOfCron)],
  'argoproj.io/WorkflowTemplate': [createWorkflow(workflowOfTemplate)],
};
