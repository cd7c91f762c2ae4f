import { stringAt } from '@tiphys/model';
import type { Api } from '../../../api/api.ts';
import type { AppRef } from '../../../api/applications.ts';
import type { ObjectTarget } from '../../../api/objects.ts';
import type { App } from '../../../api/schemas/application.ts';
import type { ManagedResource } from '../../../api/schemas/resources.ts';
import { objectOf } from '../../../output/object-diff.ts';
import type { FlagValues } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import type { targetFlags } from './flags.ts';

type TargetFlags = Omit<FlagValues<typeof targetFlags>, 'app-namespace'>;

/** An object that actions are about. */
export type ActionTarget = ObjectTarget;

/** The live objects of an application that the flags choose; the Application itself is the last of them. */
export async function actionTargets(
  api: Api,
  ref: AppRef,
  flags: TargetFlags,
): Promise<readonly ActionTarget[]> {
  const managed = await managedTargets(api, ref, flags);
  const app = applicationTarget(await api.applications.get(ref));
  return isChosen(app, flags) ? [...managed, app] : managed;
}

/** The live objects that an application manages and that the flags choose. */
export async function managedTargets(
  api: Api,
  ref: AppRef,
  flags: TargetFlags,
): Promise<readonly ObjectTarget[]> {
  const managed = await api.applications.managedResources(ref);
  return managed.flatMap(targetOf).filter((target) => isChosen(target, flags));
}

/** One object, or as many as there are where that is wanted. */
export function chosen(targets: readonly ObjectTarget[], all: boolean): readonly ObjectTarget[] {
  if (targets.length === 0) throw new Failure('no matching resource found', { exitCode: exitCodes.general });
  if (targets.length > 1 && !all)
    throw new Failure('the flags choose more than one object', {
      exitCode: exitCodes.general,
      hints: [
        `Choose one with --kind, --namespace and --resource-name, or take all with --all: ${targets.map(nameOf).join(', ')}`,
      ],
    });
  return targets;
}

const nameOf = ({ kind, namespace, resourceName }: ObjectTarget): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${resourceName}`;

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

const isChosen = (target: ObjectTarget, flags: TargetFlags): boolean =>
  [
    [flags.group, target.group],
    [flags.kind, target.kind],
    [flags.namespace, target.namespace],
    [flags['resource-name'], target.resourceName],
  ].every(([wanted, has]) => wanted === undefined || wanted === '' || wanted === has);
