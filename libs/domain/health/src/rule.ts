import type { HealthCode, HealthStatus, JsonObject } from '@tiphys/model';

/** Says how an object of one kind is; undefined where the kind, in this form, has no health. */
export type HealthRule = (object: JsonObject) => HealthStatus | undefined;

/** Rules by kind of one API group. */
export type RulesByKind = Readonly<Record<string, HealthRule>>;

const verdict =
  (status: HealthCode) =>
  (message?: string): HealthStatus =>
    message === undefined || message === '' ? { status } : { status, message };

export const healthy = verdict('Healthy');
export const progressing = verdict('Progressing');
export const degraded = verdict('Degraded');
export const suspended = verdict('Suspended');
export const missing = verdict('Missing');
export const unknown = verdict('Unknown');
