import { isAutomated, type Application } from '@tiphys/model';
import type { AppMemory } from './app-memory.ts';
import { holdText } from './held.ts';
import { levels } from './refresh.ts';

/**
 * What people wrote decides anew what follows from a comparison, though neither git nor the cluster changed: the sync
 * policy, and a hold, which makes the last comparison one with something else. Nothing is asked for where the last look
 * saw the same, or where there was none.
 */
export function noteIntent(app: Application, memory: AppMemory): void {
  noteHold(app, memory);
  notePolicy(app, memory);
}

function noteHold(app: Application, memory: AppMemory): void {
  const text = holdText(app);
  const before = memory.hold ?? (text === '' ? '' : undefined);
  if (text !== before) memory.ask(levels.latest);
  memory.hold = text;
}

function notePolicy({ spec }: Application, memory: AppMemory): void {
  const policy = { text: JSON.stringify(spec.syncPolicy ?? {}), isAutomated: isAutomated(spec) };
  const before = memory.policy ?? policy;
  memory.policy = policy;
  if (policy.text === before.text) return;
  memory.ask(policy.isAutomated && !before.isAutomated ? levels.latest : levels.live);
}
