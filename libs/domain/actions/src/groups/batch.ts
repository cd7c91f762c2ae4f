import { stringAt, valueAt, type JsonObject } from '@tiphys/model';
import type { ActionContext, ActionRule, ActionTable, Impact } from '../action.ts';
import { created, nameAt, ownerReferenceOf, setting } from '../change.ts';

const suspend: ActionRule = {
  name: 'suspend',
  iconClass: 'fa fa-fw fa-pause',
  run: setting(() => [[['spec', 'suspend'], true]]),
};

const resume: ActionRule = {
  name: 'resume',
  iconClass: 'fa fa-fw fa-play',
  run: setting(() => [[['spec', 'suspend'], false]]),
};

/** The job controller ends a Job whose time is over. */
const terminate: ActionRule = {
  name: 'terminate',
  iconClass: 'fa fa-fw fa-stop',
  run: setting(() => [[['spec', 'activeDeadlineSeconds'], 1]]),
};

/** A Job from the template of a CronJob, marked as started by hand, as kubectl does it. */
function jobOf(object: JsonObject, context: ActionContext): readonly Impact[] {
  const template = valueAt(object, 'spec', 'jobTemplate');
  const labels = valueAt(template, 'metadata', 'labels');
  const annotations = valueAt(template, 'metadata', 'annotations');
  return created({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: nameAt(stringAt(object, 'metadata', 'name') ?? '', context),
      namespace: valueAt(object, 'metadata', 'namespace'),
      ...(labels === undefined ? {} : { labels }),
      annotations: {
        ...(annotations as JsonObject | undefined),
        'cronjob.kubernetes.io/instantiate': 'manual',
      },
      ownerReferences: [{ ...ownerReferenceOf(object), controller: true }],
    },
    spec: valueAt(template, 'spec') ?? {},
  });
}

export const batchActions: ActionTable = {
  'batch/CronJob': [
    { name: 'create-job', displayName: 'Create Job', iconClass: 'fa fa-fw fa-plus', run: jobOf },
    resume,
    suspend,
  ],
  'batch/Job': [resume, suspend, terminate],
};
