import type { JsonObject } from './json.ts';

export interface HelmParameter {
  readonly name: string;
  readonly value?: string;
  readonly forceString?: boolean;
}

export interface HelmFileParameter {
  readonly name: string;
  readonly path: string;
}

export interface HelmSource {
  readonly valueFiles?: readonly string[];
  readonly parameters?: readonly HelmParameter[];
  readonly releaseName?: string;
  readonly values?: string;
  readonly fileParameters?: readonly HelmFileParameter[];
  readonly version?: string;
  readonly passCredentials?: boolean;
  readonly ignoreMissingValueFiles?: boolean;
  readonly skipCrds?: boolean;
  readonly valuesObject?: JsonObject;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
  readonly skipTests?: boolean;
  readonly skipSchemaValidation?: boolean;
}

export interface KustomizeReplica {
  readonly name: string;
  readonly count: number | string;
}

export interface KustomizePatch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: JsonObject;
  readonly options?: Readonly<Record<string, boolean>>;
}

export interface KustomizeSource {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly images?: readonly string[];
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly forceCommonLabels?: boolean;
  readonly forceCommonAnnotations?: boolean;
  readonly namespace?: string;
  readonly commonAnnotationsEnvsubst?: boolean;
  readonly replicas?: readonly KustomizeReplica[];
  readonly patches?: readonly KustomizePatch[];
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
  readonly labelWithoutSelector?: boolean;
  readonly labelIncludeTemplates?: boolean;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

export interface JsonnetVar {
  readonly name: string;
  readonly value: string;
  readonly code?: boolean;
}

export interface DirectorySource {
  readonly recurse?: boolean;
  readonly jsonnet?: {
    readonly extVars?: readonly JsonnetVar[];
    readonly tlas?: readonly JsonnetVar[];
    readonly libs?: readonly string[];
  };
  readonly exclude?: string;
  readonly include?: string;
}

export interface PluginParameter {
  readonly name: string;
  readonly string?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly array?: readonly string[];
}

export interface PluginSource {
  readonly name?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly parameters?: readonly PluginParameter[];
}

/** One source of manifests, as in `spec.source` and `spec.sources[]`. */
export interface ApplicationSource {
  readonly repoURL: string;
  readonly path?: string;
  readonly targetRevision?: string;
  readonly helm?: HelmSource;
  readonly kustomize?: KustomizeSource;
  readonly directory?: DirectorySource;
  readonly plugin?: PluginSource;
  readonly chart?: string;
  readonly ref?: string;
  readonly name?: string;
  readonly tagPrefix?: string;
}

export type SourceType = 'Helm' | 'Kustomize' | 'Directory' | 'Plugin';
