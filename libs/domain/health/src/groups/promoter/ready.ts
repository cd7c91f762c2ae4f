import {
  arrayAt,
  numberAt,
  stringAt,
  valueAt,
  type HealthStatus,
  type JsonObject,
  type JsonValue,
} from '@tiphys/model';
import { countAt } from '../../numbers.ts';
import { degraded, progressing } from '../../rule.ts';

/** How messages name a kind of the promoter while it isn't ready. */
export interface ReadyTexts {
  readonly initializing: string;
  readonly deleting: string;
  readonly observing: string;
  /** Where there are conditions but none of type Ready. */
  readonly missing: string;
  /** Before the message of a failed reconciliation. */
  readonly failed: string;
  /** Before the reason in parentheses, for every other failure; default: `failed`. */
  readonly notReady?: string;
  readonly unknown: string;
}

/** What waits for a finalizer to go, and what it would cost to remove it by hand. */
const finalizerNotes: Readonly<Record<string, string>> = {
  'changetransferpolicy.promoter.argoproj.io/finalizer':
    "Waiting to clear related PullRequest finalizers and finish cleanup before this policy is removed. Risk if removed manually: The 'changetransferpolicy.promoter.argoproj.io/pullrequest-finalizer' finalizer may not be cleaned up from PullRequests owned by this ChangeTransferPolicy.",
  'scmprovider.promoter.argoproj.io/finalizer':
    'Waiting until no GitRepository in this namespace still references this provider. Risk if removed manually: GitRepository objects can reference a provider that no longer exists.',
  'clusterscmprovider.promoter.argoproj.io/finalizer':
    'Waiting until no GitRepository still references this provider. Risk if removed manually: GitRepository objects can reference a provider that no longer exists.',
  'gitrepository.promoter.argoproj.io/finalizer':
    'Waiting until no PullRequest still references this repository. Risk if removed manually: PullRequest objects can reference a repository that no longer exists.',
};

/** What the Ready condition says while an object isn't ready; undefined once it is. */
export function notReady(object: JsonObject, texts: ReadyTexts): HealthStatus | undefined {
  if (valueAt(object, 'metadata', 'deletionTimestamp') !== undefined) return deletion(object, texts);
  const conditions = arrayAt(object, 'status', 'conditions');
  if (conditions.length === 0) return progressing(texts.initializing);
  const ready = conditions.find((condition) => stringAt(condition, 'type') === 'Ready');
  if (ready === undefined) return progressing(texts.missing);
  const generation = numberAt(object, 'metadata', 'generation');
  if (generation !== undefined && countAt(ready, 'observedGeneration') !== generation)
    return progressing(texts.observing);
  return readyHealth(ready, texts);
}

function deletion(object: JsonObject, texts: ReadyTexts): HealthStatus {
  const finalizers = arrayAt(object, 'metadata', 'finalizers').filter((value) => typeof value === 'string');
  const notes = finalizers.flatMap((finalizer) => {
    const note = finalizerNotes[finalizer];
    return note === undefined ? [] : [`${finalizer}: ${note}`];
  });
  return progressing([texts.deleting, ...notes].join('. '));
}

/** The condition's status is a text, or true where somebody wrote it by hand. */
function readyHealth(ready: JsonValue, texts: ReadyTexts): HealthStatus | undefined {
  const status = valueAt(ready, 'status');
  const [reason, message] = [stringAt(ready, 'reason') ?? '', stringAt(ready, 'message') ?? ''];
  if (status === true || status === 'True') return undefined;
  if (status === 'Unknown') return progressing(`${texts.unknown} (${reason}): ${message}`);
  return reason === 'ReconciliationError'
    ? degraded(`${texts.failed}: ${message}`)
    : degraded(`${texts.notReady ?? texts.failed} (${reason}): ${message}`);
}
