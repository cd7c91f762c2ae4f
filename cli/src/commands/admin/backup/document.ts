import { asJson } from '@tiphys/model';
import type { JsonObject, KubeObject } from '@tiphys/model';
import { formatDocument } from '../../../output/document.ts';

/**
 * An object as a backup has it: of its metadata only what somebody wrote. The namespace is left out where it is that
 * of the control plane, so that a backup fits into another one.
 */
export function documentOf(object: KubeObject, ownNamespace: string): JsonObject {
  const { metadata, ...rest } = object;
  const { name, namespace, labels, annotations, finalizers } = metadata;
  return asJson({
    ...rest,
    metadata: {
      name: name ?? '',
      ...(namespace === undefined || namespace === ownNamespace ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined || finalizers.length === 0 ? {} : { finalizers }),
    },
  });
}

/** Documents as one YAML stream, each followed by its separator. */
export const streamOf = (documents: readonly JsonObject[]): string =>
  documents.map((document) => `${formatDocument(document, 'yaml')}---\n`).join('');
