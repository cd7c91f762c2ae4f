import { arrayAt, stringAt, type HealthStatus, type JsonObject } from '@tiphys/model';
import { degraded, healthy, progressing, type HealthRule, type RulesByKind } from '../../rule.ts';
import { notReady, type ReadyTexts } from './ready.ts';

const SHORT_SHA = 7;

function commitStatus(object: JsonObject): HealthStatus {
  const open = notReady(object, {
    initializing: 'Initializing commit status',
    deleting: 'Commit status is being deleted',
    observing: 'Waiting for commit status spec update to be observed',
    missing: 'Commit status is not ready yet',
    failed: 'Commit status reconciliation failed',
    unknown: 'Commit status readiness unknown',
  });
  if (open !== undefined) return open;
  const [sha, phase] = [stringAt(object, 'status', 'sha') ?? '', stringAt(object, 'status', 'phase') ?? ''];
  if (sha === '' || phase === '') return progressing('Commit status is not ready yet');
  return healthy(`Commit status for commit ${sha.slice(0, SHORT_SHA)} reports ${phase}`);
}

function argoCdCommitStatus(object: JsonObject): HealthStatus {
  const open = notReady(object, {
    initializing: 'Initializing Argo CD commit status',
    deleting: 'Argo CD commit status is being deleted',
    observing: 'Waiting for Argo CD commit status spec update to be observed',
    missing: 'Argo CD commit status is not ready yet',
    failed: 'Argo CD commit status reconciliation failed',
    unknown: 'Argo CD commit status readiness unknown',
  });
  if (open !== undefined) return open;
  const selected = arrayAt(object, 'status', 'applicationsSelected').length;
  return selected === 0
    ? degraded('Argo CD commit status has no applications configured')
    : healthy(`Argo CD commit status covers ${selected} application(s)`);
}

interface GateTexts {
  /** Its kind, as in "<kind> is being deleted". */
  readonly kind: string;
  readonly initializing: string;
  readonly name: string;
  /** The name in messages about environments. */
  readonly check: string;
  readonly passed: string;
}

const textsOf = ({ kind, initializing, name }: GateTexts): ReadyTexts => ({
  initializing,
  deleting: `${kind} is being deleted`,
  observing: `Waiting for ${kind} spec update to be observed`,
  missing: `${kind} Ready condition is missing`,
  failed: `${name} failed`,
  notReady: `${name} not ready`,
  unknown: `${name} status unknown`,
});

/** A gate in front of environments: one that failed degrades it, one that is pending is waited for. */
const gate =
  (texts: GateTexts): HealthRule =>
  (object) => {
    const open = notReady(object, textsOf(texts));
    if (open !== undefined) return open;
    const environments = arrayAt(object, 'status', 'environments');
    const branches = (phase: string): string =>
      environments
        .filter((environment) => stringAt(environment, 'phase') === phase)
        .map((environment) => stringAt(environment, 'branch') ?? '')
        .join(', ');
    const [failed, pending] = [branches('failure'), branches('pending')];
    if (failed !== '') return degraded(`${texts.check} failed for branch(es): ${failed}`);
    if (pending !== '') return progressing(`${texts.check} pending for branch(es): ${pending}`);
    return environments.length === 0
      ? healthy(`${texts.name} reconciled`)
      : healthy(`${texts.check} ${texts.passed} for ${environments.length} environment(s)`);
  };

export const commitStatusRules: RulesByKind = {
  ArgoCDCommitStatus: argoCdCommitStatus,
  CommitStatus: commitStatus,
  GitCommitStatus: gate({
    kind: 'GitCommitStatus',
    initializing: 'Initializing git commit validation',
    name: 'Git commit validation',
    check: 'Git commit validation',
    passed: 'passed',
  }),
  TimedCommitStatus: gate({
    kind: 'TimedCommitStatus',
    initializing: 'Initializing timed commit gate',
    name: 'Timed commit gate',
    check: 'Timed commit gate',
    passed: 'satisfied',
  }),
  WebRequestCommitStatus: gate({
    kind: 'WebRequestCommitStatus',
    initializing: 'Initializing web request commit validation',
    name: 'Web request commit validation',
    check: 'Web request validation',
    passed: 'passed',
  }),
};
