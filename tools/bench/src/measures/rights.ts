import { Rbac, readRbacSettings } from '@tiphys/rbac';
import { load } from 'js-yaml';
import { latencyOf, type Latency } from '../statistics.ts';

const POLICIES = 1_000;
const GROUPS = 200;
const QUESTIONS = 5_000;

/** Milliseconds of a decision about an Application for a member of many groups, under many policies. */
export function measureRights(): Latency {
  const policy = Array.from({ length: POLICIES }, (_item, index) => {
    const role = `role:team-${index % GROUPS}`;
    return `p, ${role}, applications, ${index % 2 === 0 ? 'get' : 'sync'}, team-${index}/*, allow`;
  });
  const members = Array.from({ length: GROUPS }, (_item, index) => `g, group-${index}, role:team-${index}`);
  const { settings } = readRbacSettings({ 'policy.csv': [...policy, ...members].join('\n') }, load);
  const rbac = new Rbac({ settings, projectOf: () => undefined });
  const who = {
    subject: 'somebody',
    groups: Array.from({ length: GROUPS }, (_item, index) => `group-${index}`),
  };
  const samples: number[] = [];
  for (let index = 0; index < QUESTIONS; index += 1) {
    const object = `team-${(index * 31) % (POLICIES * 2)}/app-${index}`;
    const before = performance.now();
    rbac.allows(who, { resource: 'applications', action: 'get', object });
    samples.push(performance.now() - before);
  }
  return latencyOf(samples);
}
