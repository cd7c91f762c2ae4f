import { arrayAt, stringAt, TiphysError, valueAt, type JsonObject } from '@tiphys/model';
import type { ActionContext, ActionRule, ActionTable, Impact } from '../action.ts';
import { annotation, hasValue, patched, setting, timestampOf } from '../change.ts';

const LOOP = annotation('cnpg.io/reconciliationLoop');
const isLeftAlone = (object: JsonObject): boolean => hasValue(object, LOOP, 'disabled');

/** The operator moves the primary to the instance that the status names. */
function promote(object: JsonObject, context: ActionContext): readonly Impact[] {
  const cluster = stringAt(object, 'metadata', 'name') ?? '';
  const asked = (context.params['instance'] ?? '').trim();
  const names = arrayAt(object, 'status', 'instanceNames').filter((name) => typeof name === 'string');
  const instance =
    asked === 'any' ? names.find((name) => name !== primaryOf(object)) : fullName(cluster, asked);
  if (instance === undefined || !names.includes(instance))
    throw new TiphysError('invalid', `parameter instance: '${asked}' is none of ${names.join(', ')}`);
  if (instance === primaryOf(object)) throw new TiphysError('invalid', `${instance} is the primary already`);
  return patched(object, [
    [['status', 'targetPrimary'], instance],
    [['status', 'targetPrimaryTimestamp'], timestampOf(context)],
    [['status', 'phase'], 'Switchover in progress'],
    [['status', 'phaseReason'], `Switching over to ${instance}`],
  ]);
}

const primaryOf = (object: JsonObject): string | undefined => stringAt(object, 'status', 'currentPrimary');

const fullName = (cluster: string, asked: string): string =>
  /^\d+$/u.test(asked) ? `${cluster}-${asked}` : asked;

const clusterActions: readonly ActionRule[] = [
  {
    name: 'promote',
    displayName: 'Promote Replica to Primary',
    iconClass: 'fa fa-fw fa-angles-up',
    params: ['instance'],
    isDisabled: (object) => arrayAt(object, 'status', 'instanceNames').length < 2,
    run: promote,
  },
  {
    name: 'reload',
    displayName: 'Reload all Configuration',
    iconClass: 'fa fa-fw fa-rotate-right',
    run: setting((context) => [[annotation('cnpg.io/reloadedAt'), timestampOf(context)]]),
  },
  {
    name: 'restart',
    displayName: 'Rollout restart Cluster',
    iconClass: 'fa fa-fw fa-recycle',
    run: setting((context) => [[annotation('kubectl.kubernetes.io/restartedAt'), timestampOf(context)]]),
  },
  {
    name: 'resume',
    displayName: 'Resume Reconciliation',
    iconClass: 'fa fa-fw fa-play',
    isDisabled: (object) => !isLeftAlone(object),
    run: setting(() => [[LOOP, undefined]]),
  },
  {
    name: 'suspend',
    displayName: 'Suspend Reconciliation',
    iconClass: 'fa fa-fw fa-pause',
    isDisabled: isLeftAlone,
    run: setting(() => [[LOOP, 'disabled']]),
  },
];

const mariadbActions: readonly ActionRule[] = [
  {
    name: 'resume',
    displayName: 'Resume',
    iconClass: 'fa fa-fw fa-play',
    run: setting(() => [[['spec', 'suspend'], false]]),
  },
  {
    name: 'suspend',
    displayName: 'Suspend',
    iconClass: 'fa fa-fw fa-pause',
    run: setting(() => [[['spec', 'suspend'], true]]),
  },
];

const isPaused = (object: JsonObject): boolean => valueAt(object, 'spec', 'pause') === true;

const mongoActions: readonly ActionRule[] = [
  {
    name: 'pause',
    iconClass: 'fa fa-fw fa-pause-circle',
    isDisabled: isPaused,
    run: setting(() => [[['spec', 'pause'], true]]),
  },
  {
    name: 'unpause',
    iconClass: 'fa fa-fw fa-play-circle',
    isDisabled: (object) => !isPaused(object),
    run: setting(() => [[['spec', 'pause'], false]]),
  },
];

export const databaseActions: ActionTable = {
  'k8s.mariadb.com/MariaDB': mariadbActions,
  'postgresql.cnpg.io/Cluster': clusterActions,
  'psmdb.percona.com/PerconaServerMongoDB': mongoActions,
};
