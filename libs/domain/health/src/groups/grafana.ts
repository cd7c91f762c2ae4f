import { arrayAt, stringAt, valueAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { conditionsOf } from '../conditions.ts';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../rule.ts';

function grafana(object: JsonObject): HealthStatus {
  const stage = stringAt(object, 'status', 'stage');
  if (stage === undefined) return progressing('Waiting for Grafana status info');
  if (stringAt(object, 'status', 'stageStatus') === 'failed') return degraded(`Failed at stage ${stage}`);
  return stage === 'complete' ? healthy() : progressing(stage);
}

/** What the operator could apply to the instances that match. */
function applied(object: JsonObject): HealthStatus {
  const [last] = conditionsOf(object);
  if (last === undefined)
    return valueAt(object, 'status', 'NoMatchingInstances') === true ? noInstance : progressing();
  const message = `${last.reason} for ${last.type} because ${last.message}`;
  return last.status === 'True' ? healthy(message) : degraded(message);
}

const noInstance = degraded("can't find matching grafana instance");

/** A data source keeps no conditions: it was applied once it has a hash of what was applied. */
function datasource(object: JsonObject): HealthStatus {
  if (valueAt(object, 'status', 'NoMatchingInstances') === true) return noInstance;
  const lastMessage = stringAt(object, 'status', 'lastMessage') ?? '';
  if (lastMessage !== '') return degraded(lastMessage);
  if (arrayAt(object, 'status', 'conditions').length > 0) return applied(object);
  return (stringAt(object, 'status', 'hash') ?? '') === '' ? progressing() : healthy();
}

export const grafanaRules: RulesByKind = {
  Grafana: grafana,
  GrafanaDashboard: applied,
  GrafanaDatasource: datasource,
  GrafanaFolder: applied,
};

const anyKind: HealthRule = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for the status to be reported'),
});

export const grafanaOrgRules: RulesByKind = { '*': anyKind };
