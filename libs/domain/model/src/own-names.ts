/** Annotations of Applications for what goes past the compatible behaviour. */
export const ownAnnotations = {
  /** Applications that must be Synced and Healthy first: `name` or `namespace/name`, separated by commas. */
  dependsOn: 'tiphys.dev/depends-on',
  /** `true`: a newer commit ends an automated sync that waits. `false` wins over the setting. */
  supersede: 'tiphys.dev/supersede',
  /** `true`: a rollback under automated sync holds. `false` wins over the setting. */
  rollbackHold: 'tiphys.dev/rollback-hold',
  /** The revision that an Application is held at, as JSON. */
  hold: 'tiphys.dev/hold',
  /** On hooks of a deletion: the uid of the Application that is being deleted. */
  deletionOf: 'tiphys.dev/deletion-of',
} as const;

/** Annotations of AppProjects for what goes past the compatible behaviour. */
export const ownProjectAnnotations = {
  /** Names of the mounted SOPS keys that renders for the project may use, separated by commas; `*` for all. */
  sopsKeys: 'tiphys.dev/sops-keys',
} as const;

/** Names of entries of `operation.info` that tell what happened. */
export const operationInfo = {
  /** Revision that a sync gave way to. */
  supersededBy: 'tiphys.dev/superseded-by',
  /** Revision whose sync gave way to this one. */
  supersedes: 'tiphys.dev/supersedes',
  /** What an Application is held at, by whom and until when. */
  held: 'tiphys.dev/held',
} as const;
