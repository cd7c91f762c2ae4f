import type { KubeClient } from '@tiphys/testing/kube-env';
import type { RenderedObject } from './helm.ts';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/**
 * Server-side apply of one object as a dry run with strict field validation: the
 * whole admission chain says yes or no, and nothing is stored.
 *
 * @throws TiphysError with the server's message when it refuses.
 */
export async function dryRun(kube: KubeClient, object: RenderedObject): Promise<void> {
  const path = await pathOf(kube, object);
  const query = 'fieldManager=chart-test&force=true&dryRun=All&fieldValidation=Strict';
  await kube.request('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
}

async function pathOf(kube: KubeClient, object: RenderedObject): Promise<string> {
  const { apiVersion, kind, metadata } = object;
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = await kube.request<{ resources: ApiResource[] }>('GET', base);
  const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
  if (resource === undefined) throw new Error(`the server has no kind ${kind} in ${apiVersion}`);
  const scope = resource.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${base}${scope}/${resource.name}/${metadata.name}`;
}
