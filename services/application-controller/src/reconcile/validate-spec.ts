import { messageOf, type Application, type AppProject } from '@tiphys/model';
import {
  isSourceNamespacePermitted,
  mistakesInSources,
  namespaceRefusal,
  violationsOf,
  type ResolvedDestination,
} from '@tiphys/project-policy';
import type { ClusterConfig } from '@tiphys/ports';

type Destination = ResolvedDestination & { readonly config: ClusterConfig };

export type SpecVerdict =
  | { readonly type: 'valid'; readonly project: AppProject; readonly destination: Destination }
  | { readonly type: 'invalid'; readonly messages: readonly string[] };

export interface SpecWorld {
  /** The control plane's namespace; Applications elsewhere need a project that takes them. */
  readonly namespace: string;
  /** The project as it counts, with what it inherits. */
  readonly projectOf: (name: string) => AppProject | undefined;
  readonly resolve: (destination: Application['spec']['destination']) => Destination;
}

const invalid = (...messages: readonly string[]): SpecVerdict => ({ type: 'invalid', messages });

/** Whether an Application may be looked at: its sources, destination and project exist and fit together. */
export function validateSpec(app: Application, { namespace, projectOf, resolve }: SpecWorld): SpecVerdict {
  const { spec, metadata } = app;
  const project = projectOf(spec.project === '' ? 'default' : spec.project);
  if (project === undefined)
    return invalid(`Application referencing project ${spec.project} which does not exist`);
  const appNamespace = metadata.namespace ?? namespace;
  if (!isSourceNamespacePermitted(project, appNamespace, namespace)) {
    return invalid(
      namespaceRefusal({
        name: metadata.name ?? '',
        namespace: appNamespace,
        project: project.metadata.name ?? '',
      }),
    );
  }
  const mistakes = mistakesInSources(spec);
  if (mistakes.length > 0) return invalid(...mistakes);
  let destination: Destination;
  try {
    destination = resolve(spec.destination);
  } catch (error) {
    return invalid(messageOf(error));
  }
  const violations = violationsOf(app, project, destination);
  return violations.length > 0 ? invalid(...violations) : { type: 'valid', project, destination };
}
