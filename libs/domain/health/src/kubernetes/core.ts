import { arrayAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { degraded, healthy, progressing, unknown } from '../rule.ts';

const hasAddress = (object: JsonObject): boolean =>
  arrayAt(object, 'status', 'loadBalancer', 'ingress').length > 0;

/** A Service waits only for the address of a load balancer. */
export const serviceHealth = (object: JsonObject): HealthStatus =>
  stringAt(object, 'spec', 'type') === 'LoadBalancer' && !hasAddress(object) ? progressing() : healthy();

/** An Ingress is healthy once it has an address. */
export const ingressHealth = (object: JsonObject): HealthStatus =>
  hasAddress(object) ? healthy() : progressing();

/** A claim by its phase. */
export function volumeClaimHealth(object: JsonObject): HealthStatus {
  switch (stringAt(object, 'status', 'phase')) {
    case 'Lost':
      return degraded();
    case 'Pending':
      return progressing();
    case 'Bound':
      return healthy();
    default:
      return unknown();
  }
}
