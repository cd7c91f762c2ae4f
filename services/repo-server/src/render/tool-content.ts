import { createHash } from 'node:crypto';
import type { ApplicationSource, JsonValue, SourceType } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import { stringifyJson } from '@tiphys/yaml';

const digests = new WeakMap<readonly string[], string>();

/** Digest of a long list, computed once a list. */
function digestOf(list: readonly string[]): string {
  const known = digests.get(list);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(list.join('\n')).digest('hex');
  digests.set(list, digest);
  return digest;
}

const asText = (value: unknown): string => stringifyJson((value ?? null) as JsonValue);

/**
 * What a render takes from the request beside files: only what its tool can see, so that all else may change without
 * a new render.
 */
export function settingsContent(
  type: SourceType,
  source: ApplicationSource,
  request: RenderRequest,
): readonly string[] {
  switch (type) {
    case 'Helm':
      return [
        asText(source.helm),
        releaseOf(source, request),
        request.destinationNamespace,
        request.kubeVersion,
        digestOf(request.apiVersions),
        asText(request.options.helmValuesFileSchemes),
      ];
    case 'Kustomize':
      return [
        asText(source.kustomize),
        request.options.kustomizeBuildOptions ?? '',
        ...chartSettings(request),
      ];
    case 'Directory':
      return [asText(source.directory)];
    case 'Plugin':
      return [asText(source.plugin)];
  }
}

/** The Application's name counts only where it names the release. */
const releaseOf = (source: ApplicationSource, request: RenderRequest): string =>
  source.helm?.releaseName === undefined || source.helm.releaseName === ''
    ? request.appName
    : source.helm.releaseName;

/** A kustomization sees the cluster only through the charts that it inflates. */
const chartSettings = (request: RenderRequest): readonly string[] =>
  (request.options.kustomizeBuildOptions ?? '').includes('helm')
    ? [request.kubeVersion, digestOf(request.apiVersions)]
    : [];
