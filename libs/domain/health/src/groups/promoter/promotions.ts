import { arrayAt, stringAt, type HealthStatus, type JsonObject, type JsonValue } from '@tiphys/model';
import { degraded, healthy, progressing, type RulesByKind } from '../../rule.ts';
import { notReady } from './ready.ts';

const SHORT_SHA = 7;
const short = (sha: string): string => sha.slice(0, SHORT_SHA);
const dryOf = (side: JsonValue, name: 'active' | 'proposed'): string =>
  stringAt(side, name, 'dry', 'sha') ?? '';

interface Counts {
  readonly text: string;
  /** The statuses that don't succeed, named by phase. */
  readonly names: string;
  readonly allSucceeded: boolean;
}

function countsOf(side: JsonValue, name: 'active' | 'proposed'): Counts {
  const statuses = arrayAt(side, name, 'commitStatuses');
  const keys = (phase: string): readonly string[] =>
    statuses
      .filter((status) => stringAt(status, 'phase') === phase)
      .map((status) => stringAt(status, 'key') ?? '');
  const [pending, successful, failed] = [keys('pending'), keys('success'), keys('failure')];
  const named = (title: string, list: readonly string[]): string =>
    list.length === 0 ? '' : `${title} commit statuses: ${list.join(', ')}. `;
  return {
    text: `${pending.length} pending, ${successful.length} successful, ${failed.length} failed.`,
    names: named('Pending', pending) + named('Failed', failed),
    allSucceeded: pending.length === 0 && failed.length === 0,
  };
}

function changeTransferPolicy(object: JsonObject): HealthStatus {
  const open = notReady(object, {
    initializing: 'Initializing change transfer policy',
    deleting: 'Change transfer policy is being deleted',
    observing: 'Waiting for change transfer policy spec update to be observed',
    missing: 'Change transfer policy is not ready yet',
    failed: 'Change transfer policy reconciliation failed',
    unknown: 'Change transfer policy readiness unknown',
  });
  if (open !== undefined) return open;
  const status = object['status'] ?? null;
  const [active, proposed] = [dryOf(status, 'active'), dryOf(status, 'proposed')];
  if (proposed === '') return progressing('The proposed commit DRY SHA is missing or empty.');
  if (active === '') return progressing('The active commit DRY SHA is missing or empty.');
  if (active !== proposed) {
    const counts = countsOf(status, 'proposed');
    return progressing(
      `Promotion in progress from '${short(active)}' to '${short(proposed)}': ${counts.text} ${counts.names}`,
    );
  }
  const counts = countsOf(status, 'active');
  if (counts.allSucceeded) return healthy(`Environment is up-to-date on commit ${short(active)}.`);
  return healthy(
    `Environment is up-to-date, but there are non-successful active commit statuses: ${counts.text} ${counts.names}`,
  );
}

function promotionStrategy(object: JsonObject): HealthStatus {
  const open = notReady(object, {
    initializing: 'Initializing promotion strategy',
    deleting: 'Promotion strategy is being deleted',
    observing: 'Waiting for promotion strategy spec update to be observed',
    missing: 'Promotion strategy is not ready yet',
    failed: 'Promotion strategy reconciliation failed',
    unknown: 'Promotion strategy readiness unknown',
  });
  if (open !== undefined) return open;
  const environments = arrayAt(object, 'status', 'environments');
  if (environments.length === 0) return degraded('Promotion strategy has no environments configured');
  return missingSha(environments) ?? promotionHealth(environments);
}

function missingSha(environments: readonly JsonValue[]): HealthStatus | undefined {
  for (const environment of environments) {
    const branch = stringAt(environment, 'branch') ?? '';
    for (const side of ['active', 'proposed'] as const) {
      if (dryOf(environment, side) !== '') continue;
      return progressing(`The ${side} commit DRY SHA is missing or empty in environment '${branch}'.`);
    }
  }
  return undefined;
}

/** The commit that the hydrator has last dealt with: its note, where there is one, tells more than the branch. */
const hydratedOf = (environment: JsonValue): string =>
  stringAt(environment, 'proposed', 'note', 'drySha') ?? dryOf(environment, 'proposed');

function promotionHealth(environments: readonly JsonValue[]): HealthStatus {
  const [hydrated = '', ...others] = [...new Set(environments.map(hydratedOf))];
  if (others.length > 0) {
    return progressing(
      'Not all environments have the same proposed commit SHA. This likely means the hydrator has not run for all environments yet.',
    );
  }
  const processed = `Hydrator has processed dry commit '${short(hydrated)}'.`;
  const open = environments.find(
    (environment) => dryOf(environment, 'active') !== dryOf(environment, 'proposed'),
  );
  if (open !== undefined) {
    const counts = countsOf(open, 'proposed');
    const way = `from '${short(dryOf(open, 'active'))}' to '${short(dryOf(open, 'proposed'))}'`;
    return progressing(
      `Promotion in progress for environment '${stringAt(open, 'branch') ?? ''}' ${way}: ${counts.text} ${processed} ${counts.names}`,
    );
  }
  const [first = null] = environments;
  const waiting = environments.find((environment) => !countsOf(environment, 'active').allSucceeded);
  const on = `All environments are up-to-date on commit '${short(dryOf(first, 'active'))}'. ${processed}`;
  if (waiting === undefined) return healthy(on);
  const counts = countsOf(waiting, 'active');
  return healthy(
    `Environments are up-to-date, but there are non-successful active commit statuses: ${counts.text} ${counts.names}`,
  );
}

function pullRequest(object: JsonObject): HealthStatus {
  const open = notReady(object, {
    initializing: 'Initializing pull request',
    deleting: 'Pull request is being deleted',
    observing: 'Waiting for pull request spec update to be observed',
    missing: 'Pull request is not ready yet',
    failed: 'Pull request reconciliation failed',
    unknown: 'Pull request readiness unknown',
  });
  return (
    open ??
    healthy(
      `Pull request is ${stringAt(object, 'status', 'state') ?? stringAt(object, 'spec', 'state') ?? 'ready'}`,
    )
  );
}

export const promotionRules: RulesByKind = {
  ChangeTransferPolicy: changeTransferPolicy,
  PromotionStrategy: promotionStrategy,
  PullRequest: pullRequest,
};
