import { isPruning, objectOfTask, type SyncTask } from './task.ts';
import { isPrunedLast } from './write-options.ts';

/**
 * Gives prunes their waves. What was applied last goes first: of the distinct waves of all prunes the lowest takes the
 * place of the highest, and so on. With `PruneLast` a prune comes one wave after all that is applied.
 */
export function placePrunes(tasks: readonly SyncTask[], appOptions: readonly string[]): readonly SyncTask[] {
  const isLast = (task: SyncTask): boolean => isPruning(task) && isPrunedLast(objectOfTask(task), appOptions);
  const waves = [...new Set(tasks.filter(isPruning).map(({ wave }) => wave))].sort((a, b) => a - b);
  const reversed = tasks.map((task) =>
    isPruning(task) ? { ...task, wave: waves.at(-1 - waves.indexOf(task.wave)) ?? task.wave } : task,
  );
  const kept = reversed.filter((task) => task.phase === 'Sync' && !isPruning(task));
  const highest = kept.reduce((wave, task) => Math.max(wave, task.wave), 0);
  return reversed.map((task) => (isLast(task) ? { ...task, wave: highest + 1 } : task));
}
