import type { HealthStatus } from './health.ts';
import type { ApplicationSpec, ResourceStatus } from './application.ts';
import type { JsonObject } from './json.ts';
import type { KubeObject } from './kube-object.ts';

export interface ApplicationSetTemplateMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** What every generated Application is made of, with parameters in place of what differs. */
export interface ApplicationSetTemplate {
  readonly metadata: ApplicationSetTemplateMeta;
  readonly spec: ApplicationSpec;
}

export interface ApplicationSetSpec {
  /** Templates are Go templates; else `{{name}}` is replaced. */
  readonly goTemplate?: boolean;
  /** `missingkey=error`, … */
  readonly goTemplateOptions?: readonly string[];
  /** One object each, with the key of its kind: `list`, `clusters`, `git`, `matrix`, … */
  readonly generators: readonly JsonObject[];
  readonly template: ApplicationSetTemplate;
  /** YAML that is rendered and laid over each Application; needs `goTemplate`. */
  readonly templatePatch?: string;
  readonly syncPolicy?: {
    readonly preserveResourcesOnDeletion?: boolean;
    readonly applicationsSync?: string;
  };
  readonly strategy?: JsonObject;
  readonly preservedFields?: JsonObject;
  readonly ignoreApplicationDifferences?: readonly JsonObject[];
  readonly applyNestedSelectors?: boolean;
}

export interface ApplicationSetCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
}

export interface ApplicationSetStatus {
  readonly conditions?: readonly ApplicationSetCondition[];
  readonly applicationStatus?: readonly JsonObject[];
  readonly resources?: readonly ResourceStatus[];
  readonly resourcesCount?: number;
  readonly health?: HealthStatus;
}

/** A template of Applications and what generates their parameters. */
export interface ApplicationSet extends KubeObject {
  readonly kind: 'ApplicationSet';
  readonly spec: ApplicationSetSpec;
  readonly status?: ApplicationSetStatus;
}
