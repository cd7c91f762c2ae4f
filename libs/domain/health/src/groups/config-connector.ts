import { valueAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { byConditions } from '../condition-table.ts';
import { isGenerationStale } from '../numbers.ts';
import { degraded, healthy, progressing } from '../rule.ts';

const resource = byConditions({
  rows: [
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', reason: ['Updating', 'Creating', 'Deleting'], gives: 'Progressing' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
    { type: 'Ready', gives: 'Progressing' },
  ],
  otherwise: progressing('Waiting for the resource to be reconciled'),
});

/** Config Connector's resources by their Ready condition, its own settings by `status.healthy`. */
export function configConnector(object: JsonObject): HealthStatus {
  if (isGenerationStale(object)) return progressing('Update in progress');
  const isHealthy = valueAt(object, 'status', 'healthy');
  if (typeof isHealthy !== 'boolean') return resource(object);
  const kind = stringAt(object, 'kind') ?? '';
  return isHealthy ? healthy(`${kind} is healthy`) : degraded(`${kind} is not healthy`);
}
