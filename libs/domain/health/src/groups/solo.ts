import {
  isJsonObject,
  stringAt,
  valueAt,
  type HealthStatus,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { degraded, healthy, progressing, suspended, type RulesByKind } from '../rule.ts';

/** The states of a validation by number, as older versions write them. */
const states = ['Pending', 'Accepted', 'Rejected', 'Warning'];

const stateOf = (report: JsonValue): string | undefined => {
  const state = valueAt(report, 'state');
  return typeof state === 'number' ? states[state] : stringAt(report, 'state');
};

/** A resource of Gloo by the reports of those who validated it; newer versions keep one a namespace. */
function validated(object: JsonObject): HealthStatus {
  const status = object['status'];
  if (!isJsonObject(status)) return progressing('Update in progress');
  const byNamespace = status['statuses'];
  const reports = isJsonObject(byNamespace)
    ? Object.values(byNamespace).filter((report) => report !== undefined)
    : [status];
  const bad = reports.find((report) => ['Rejected', 'Warning'].includes(stateOf(report) ?? ''));
  if (bad !== undefined) return degraded(stringAt(bad, 'reason'));
  if (reports.some((report) => stateOf(report) === 'Pending'))
    return suspended('The resource has not yet been validated');
  return reports.length > 0 && reports.every((report) => stateOf(report) === 'Accepted')
    ? healthy('The resource has been validated')
    : progressing('Update in progress');
}

export const gatewaySoloRules: RulesByKind = {
  Gateway: validated,
  MatchableHttpGateway: validated,
  RouteOption: validated,
  RouteTable: validated,
  VirtualHostOption: validated,
  VirtualService: validated,
};
export const glooRules: RulesByKind = {
  Proxy: validated,
  Settings: validated,
  Upstream: validated,
  UpstreamGroup: validated,
};
