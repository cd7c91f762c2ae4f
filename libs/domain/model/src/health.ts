/** From best to worst; an aggregate takes the worst (wire/sync-semantics.md, section 10). */
export const HEALTH_ORDER = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const;
export type HealthCode = (typeof HEALTH_ORDER)[number];

export interface HealthStatus {
  readonly status: HealthCode;
  readonly message?: string;
}

export const SYNC_CODES = ['Synced', 'OutOfSync', 'Unknown'] as const;
export type SyncCode = (typeof SYNC_CODES)[number];

/** True where `a` is worse than `b`. */
export const isWorse = (a: HealthCode, b: HealthCode): boolean =>
  HEALTH_ORDER.indexOf(a) > HEALTH_ORDER.indexOf(b);
