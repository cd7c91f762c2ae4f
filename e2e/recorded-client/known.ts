const ELSEWHERE = 'the text also says where';
const TELLS_MORE = 'the text says what is missing, in words of our own';
const HEALTH_IN_LISTS = 'the recorded list shows the health of some objects, and not of others';
const SEEN_SOONER = 'what was done before it is seen already';
const VISIBLE = 'who may see the Application is told what is not permitted';

/** Recorded commands some of whose calls are answered otherwise, and why. */
export const OTHERWISE: Readonly<Record<string, string>> = {
  '407-app-create-bad-repo': TELLS_MORE,
  '408-app-create-bad-path': TELLS_MORE,
  '409-app-create-bad-revision': ELSEWHERE,
  '414-app-create-bad-name': 'Kubernetes quotes its pattern otherwise',
  '418-app-create-path-escape': TELLS_MORE,
  '449-app-manifests-bad-revision': ELSEWHERE,
  '460-alice-login': 'a token is another each time',
  '462-alice-app-list': HEALTH_IN_LISTS,
  '467-alice-app-sync-override-denied': SEEN_SOONER,
  '468-alice-app-set-denied': VISIBLE,
  '474-alice-app-terminate-denied': VISIBLE,
  '523-app-wait-after-async': SEEN_SOONER,
  '526-app-sync-revision-missing': ELSEWHERE,
  '529-app-sync-selector': HEALTH_IN_LISTS,
  '553-app-set-bad-path': TELLS_MORE,
  '556-app-create-hydrator': 'hydrated sources are not rendered yet',
  '557-app-get-hydrator': 'hydrated sources are not rendered yet',
  '558-app-set-dest-namespace': 'hydrated sources are not rendered yet',
  '571-app-set-helm-missing-values': TELLS_MORE,
  '577-app-create-helm-repo-bad-version': TELLS_MORE,
  '579-app-get-oci': 'the digest of a chart that is packed anew is another',
  '584-app-set-kustomize-version': TELLS_MORE,
  '592-app-create-plugin': TELLS_MORE,
  '593-app-set-plugin': 'a source with settings of two tools is invalid, not an unknown error',
  '613-app-rollback-multi': 'an operation with several sources has no empty single one beside them',
  '631-app-actions-run-bad': SEEN_SOONER,
  '632-app-actions-run-nomatch': SEEN_SOONER,
  '640-app-get-missing-health': SEEN_SOONER,
  '616-app-patch-bad': 'a patch that is no JSON is refused with the words of another parser',
  '641-app-sync-before-prune': SEEN_SOONER,
  '652-app-wait-terminated': SEEN_SOONER,
  '679-app-wait-delete-gone': SEEN_SOONER,
  '681-app-delete-selector': HEALTH_IN_LISTS,
  '660-app-create-ns-not-allowed-project': 'the text names the project that an empty name stands for',
  '661-app-create-ns-not-enabled': 'the text names the project that an empty name stands for',
};

/** Differences that come up again and again, and why. */
export const EVERYWHERE: readonly (readonly [RegExp, string])[] = [
  [/conditions\[\d+\]\.message: "Failed to load target state/u, 'the text says more about where'],
  [
    /health\.(?:status|message): .*(?:Progressing|pending termination|Waiting for rollout)/u,
    'a rollout is seen at one moment or another',
  ],
  [
    /history\[\d+\]\.revision: "[0-9a-f]{40}" instead of nothing/u,
    'a sync of local manifests keeps the revision that it was compared with',
  ],
  [
    /(?:status\.sync|syncResult)\.revision: "[0-9a-f]{40}" instead of (?:nothing|"main")/u,
    'and so does the comparison after it',
  ],
  [/status\.sourceType: "Directory" instead of nothing/u, 'and its type'],
  [/containers\[0\]\.resources: nothing instead of \{\}/u, 'an empty block of resources says nothing'],
  [
    /ResourceTree\.nodes\[\d+\]\.images: .* instead of nothing/u,
    'images are told of workloads, not of their pods alone',
  ],
  [/ProjectService\/Get\.metadata\.labels: nothing instead of/u, 'the project has no labels here'],
];
