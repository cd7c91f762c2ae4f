import { stringAt, type HealthCode, type HealthStatus, type JsonObject } from '@tiphys/model';

/** What one phase means; a message is a text or worked out from the object. */
export type PhaseVerdict =
  | HealthCode
  | readonly [HealthCode, string]
  | readonly [HealthCode, (object: JsonObject, phase: string) => string];

export interface PhaseTable {
  /** Where the phase is; default `status.phase`. */
  readonly path?: readonly string[];
  readonly phases: Readonly<Record<string, PhaseVerdict>>;
  /** For every phase that isn't listed, and none at all unless `absent` is given. */
  readonly otherwise: PhaseVerdict;
  readonly absent?: PhaseVerdict;
}

/** A rule for kinds that say in one word how they are. */
export const byPhase =
  ({ path = ['status', 'phase'], phases, otherwise, absent = otherwise }: PhaseTable) =>
  (object: JsonObject): HealthStatus => {
    const phase = stringAt(object, ...path) ?? '';
    return toStatus(phase === '' ? absent : (phases[phase] ?? otherwise), object, phase);
  };

function toStatus(verdict: PhaseVerdict, object: JsonObject, phase: string): HealthStatus {
  if (typeof verdict === 'string') return { status: verdict };
  const [status, said] = verdict;
  const message = typeof said === 'string' ? said : said(object, phase);
  return message === '' ? { status } : { status, message };
}

/** The message at a path; empty where there is none. */
export const messageAt =
  (...path: readonly string[]) =>
  (object: JsonObject): string =>
    stringAt(object, ...path) ?? '';

/** The phase itself as message. */
export const samePhase = (_object: JsonObject, phase: string): string => phase;
