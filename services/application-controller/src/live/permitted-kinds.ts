import { messageOf, valueAt } from '@tiphys/model';
import type { ApiResource, KubeApi, Logger } from '@tiphys/ports';
import type { RespectRbac } from '@tiphys/settings';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

export interface ForbiddenKind {
  readonly resource: ApiResource;
  readonly respect: RespectRbac;
  /** Empty for the whole cluster. */
  readonly namespaces: readonly string[];
}

/**
 * Whether a kind whose listing was forbidden is one that the account is meant not to see (`resource.respectRBAC`). In
 * strict mode the API server is asked: a proxy or webhook that forbids what the account's roles allow is a failure.
 */
export async function isLeftOut(
  api: KubeApi,
  { resource, respect, namespaces }: ForbiddenKind,
  logger: Logger,
): Promise<boolean> {
  if (respect !== 'strict') return respect === 'normal';
  try {
    const verdicts = await Promise.all(
      namespaces.map((namespace) =>
        api.raw('POST', REVIEWS, {
          body: {
            apiVersion: 'authorization.k8s.io/v1',
            kind: 'SelfSubjectAccessReview',
            spec: {
              resourceAttributes: {
                verb: 'list',
                group: resource.group,
                resource: resource.resource,
                ...(namespace === '' ? {} : { namespace }),
              },
            },
          },
        }),
      ),
    );
    return verdicts.some((verdict) => valueAt(verdict, 'status', 'allowed') !== true);
  } catch (error) {
    logger.warn('the API server does not tell what may be listed', {
      kind: resource.kind,
      error: messageOf(error),
    });
    return false;
  }
}
