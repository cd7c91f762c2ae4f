import { healthy, type HealthRule, type RulesByKind } from '../../rule.ts';
import { commitStatusRules } from './commit-statuses.ts';
import { promotionRules } from './promotions.ts';
import { notReady } from './ready.ts';

/** Something that is only checked: a provider or a repository. */
const checked =
  (kind: string, name: string): HealthRule =>
  (object) =>
    notReady(object, {
      initializing: `Initializing ${lowerFirst(name)}`,
      deleting: `${kind} is being deleted`,
      observing: `Waiting for ${kind} spec update to be observed`,
      missing: `${kind} Ready condition is missing`,
      failed: `${name} validation failed`,
      unknown: `${name} readiness unknown`,
    }) ?? healthy(`${name} is ready`);

/** `Cluster SCM provider` within a sentence; an abbreviation or a name in front stays as it is. */
const lowerFirst = (name: string): string =>
  /^(?:SCM|Git) /.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);

export const promoterRules: RulesByKind = {
  ...commitStatusRules,
  ...promotionRules,
  ClusterScmProvider: checked('ClusterScmProvider', 'Cluster SCM provider'),
  GitRepository: checked('GitRepository', 'Git repository'),
  ScmProvider: checked('ScmProvider', 'SCM provider'),
};
