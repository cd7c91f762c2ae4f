import type { JsonObject } from '@tiphys/model';
import type { ActionRule } from '../action.ts';
import { hasValue, setting, type Changes } from '../change.ts';

export const labelledAs =
  (path: readonly string[], value: string) =>
  (object: JsonObject): boolean =>
    hasValue(object, path, value);

/** Where a kind says the phase that it shall be in, and how it says the speed at which it comes back. */
interface Phases {
  readonly lifecycle: readonly string[];
  readonly resume: (speed: 'fast' | 'slow') => Changes;
}

/** Pause, and two ways back: with the replicas of before, or from one on. */
export function phaseActions({ lifecycle, resume }: Phases): readonly ActionRule[] {
  const isPaused = labelledAs(lifecycle, 'Paused');
  const unpause = (name: string, displayName: string, speed: 'fast' | 'slow'): ActionRule => ({
    name,
    displayName,
    iconClass: 'fa-solid fa-fw fa-play',
    isDisabled: (object) => !isPaused(object),
    run: setting(() => [[lifecycle, 'Running'], ...resume(speed)]),
  });
  return [
    {
      name: 'pause',
      iconClass: 'fa-solid fa-fw fa-pause',
      isDisabled: isPaused,
      run: setting(() => [[lifecycle, 'Paused']]),
    },
    unpause('unpause-fast', 'Unpause (fast)', 'fast'),
    unpause('unpause-gradual', 'Unpause (gradual)', 'slow'),
  ];
}
