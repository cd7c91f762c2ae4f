import { groupOf, type KubeObject } from '@tiphys/model';
import { podInfo } from './pod-info.ts';

/** A fact shown beside an object in the resource tree. */
export interface InfoItem {
  readonly name: string;
  readonly value: string;
}

const REVISION = 'deployment.kubernetes.io/revision';

/**
 * The facts shown for an object: what its kind tells, then the values of those of its labels that the settings name
 * (`resource.customLabels`).
 */
export function infoOf(object: KubeObject, customLabels: readonly string[] = []): readonly InfoItem[] {
  const own = infoOfKind(object);
  const labelled = customLabels.flatMap((name) => {
    const value = object.metadata.labels?.[name];
    return value === undefined ? [] : [{ name, value }];
  });
  return labelled.length === 0 ? own : [...own, ...labelled];
}

function infoOfKind(object: KubeObject): readonly InfoItem[] {
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case '/Pod':
      return podInfo(object);
    case 'apps/Deployment':
    case 'apps/ReplicaSet':
    case 'extensions/ReplicaSet':
      return revisionInfo(object.metadata.annotations?.[REVISION]);
    case 'argoproj.io/Rollout':
      return revisionInfo(object.metadata.annotations?.['rollout.argoproj.io/revision']);
    default:
      return [];
  }
}

const revisionInfo = (revision: string | undefined): readonly InfoItem[] =>
  revision === undefined ? [] : [{ name: 'Revision', value: `Rev:${revision}` }];
