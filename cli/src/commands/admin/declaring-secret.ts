import { annotations, labels, type JsonObject } from '@tiphys/model';

export interface DeclaringSecret {
  readonly name: string;
  /** Value of the label that declares what it is. */
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A secret that declares a repository or a cluster, as a manifest with its values as text. */
export const declaringSecret = (secret: DeclaringSecret): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: secret.name,
    labels: { ...secret.labels, [labels.secretType]: secret.type },
    annotations: { ...secret.annotations, [annotations.managedBy]: 'argocd.argoproj.io' },
  },
  stringData: secret.data,
});
