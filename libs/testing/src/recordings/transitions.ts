import type { Application } from '@tiphys/model';
import { differencesOf } from './differences.ts';

/** What a watcher saw of an Application at one moment. */
export interface Transition {
  readonly sync?: string;
  readonly health?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly results?: readonly string[];
  readonly conditions?: readonly string[];
}

/** The moment of a transition that an Application shows. */
export function transitionOf({ status }: Pick<Application, 'status'>): Transition {
  const state = status?.operationState;
  const results = state?.syncResult?.resources?.map(
    ({ kind, name, status: code, hookPhase }) => `${kind}/${name} ${code ?? ''} ${hookPhase ?? ''}`,
  );
  return {
    ...(status?.sync?.status === undefined ? {} : { sync: status.sync.status }),
    ...(status?.health?.status === undefined ? {} : { health: status.health.status }),
    ...(state === undefined ? {} : { phase: state.phase }),
    ...(state?.message === undefined ? {} : { message: state.message }),
    ...(results === undefined ? {} : { results }),
    conditions: (status?.conditions ?? []).map(({ type }) => type),
  };
}

/** No operation yet, which may be before the recorder came; or its start, which may be one write with what came of it. */
const isBefore = ({ phase, message }: Transition): boolean =>
  phase === undefined || (phase === 'Running' && message === undefined);

export type Aspect = 'sync' | 'operation' | 'conditions';

/** A moment that the recording lacks, or has at another place only. */
export interface Misplaced {
  readonly aspect: Aspect;
  readonly moment: object;
}

/** How many others are waited for beside the one that is named: which of them ends first is chance. */
const MORE = / and \d+ more (?:hooks|resources)$/u;

/** How much of a moment is compared at once. Health may jump by chance and is compared in the end only. */
const aspects: Readonly<Record<Aspect, (transition: Transition) => object>> = {
  sync: ({ sync }: Transition) => ({ sync: sync === '' ? undefined : sync }),
  operation: ({ phase, message }: Transition) => ({ phase, message: message?.replace(MORE, '') }),
  conditions: ({ conditions = [] }: Transition) => ({ conditions }),
};

/**
 * Moments that were not recorded, or not in that order, each with its aspect. Moments may be left out: what was
 * recorded as several writes may be one.
 */
export function misplacedTransitions(
  recorded: readonly Transition[],
  ours: readonly Transition[],
): readonly Misplaced[] {
  return Object.entries(aspects).flatMap(([aspect, of]) => {
    const script = withoutRepeats(recorded.map(of));
    let at = 0;
    return withoutRepeats(
      ours.filter((moment) => aspect !== 'operation' || !isBefore(moment)).map(of),
    ).flatMap((moment) => {
      const found = script.findIndex(
        (other, index) =>
          index >= at && differencesOf(withoutAbsent(other), withoutAbsent(moment)).length === 0,
      );
      if (found < 0) return [{ aspect: aspect as Aspect, moment }];
      at = found;
      return [];
    });
  });
}

const withoutAbsent = (value: object): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const withoutRepeats = (moments: readonly object[]): readonly object[] =>
  moments.filter((moment, index) => JSON.stringify(moment) !== JSON.stringify(moments[index - 1]));
