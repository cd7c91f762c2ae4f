import { stringAt } from '@tiphys/model';
import type { Api } from '../../../api/api.ts';
import type { AppRef } from '../../../api/applications.ts';
import type { App } from '../../../api/schemas/application.ts';
import type { ManagedResource } from '../../../api/schemas/resources.ts';
import { objectOf } from '../../../output/object-diff.ts';
import type { FlagValues } from '../../../program/definition.ts';
import type { targetFlags } from './flags.ts';

/** An object that actions are about, named as the server wants it. */
export interface ActionTarget {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly resourceName: string;
}

/** The live objects of an application that the flags choose; the Application itself is the last of them. */
export async function actionTargets(
  api: Api,
  ref: AppRef,
  flags: FlagValues<typeof targetFlags>,
): Promise<readonly ActionTarget[]> {
  const managed = await api.applications.managedResources(ref);
  const app = await api.applications.get(ref);
  return [...managed.flatMap(targetOf), applicationTarget(app)].filter((target) => isChosen(target, flags));
}

function targetOf(item: ManagedResource): readonly ActionTarget[] {
  const live = objectOf(item.liveState, `the state of ${item.kind} ${item.name}`);
  if (live === undefined) return [];
  const [version = '', group] = (stringAt(live, 'apiVersion') ?? '').split('/').reverse();
  return [
    {
      group: group ?? '',
      version,
      kind: item.kind,
      namespace: item.namespace ?? '',
      resourceName: item.name,
    },
  ];
}

const applicationTarget = ({ metadata }: App): ActionTarget => ({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  namespace: metadata.namespace ?? '',
  resourceName: metadata.name,
});

const isChosen = (target: ActionTarget, flags: FlagValues<typeof targetFlags>): boolean =>
  [
    [flags.group, target.group],
    [flags.kind, target.kind],
    [flags.namespace, target.namespace],
    [flags['resource-name'], target.resourceName],
  ].every(([wanted, has]) => wanted === undefined || wanted === '' || wanted === has);
