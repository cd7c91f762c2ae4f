import type { KubeObject } from '@tiphys/model';
import { stringAt } from '@tiphys/model';
import type { AbortSignalLike, ApiResource, Selector } from '@tiphys/ports';
import { isExpired } from './api-error.ts';
import { parseJson } from './lossless-json.ts';
import { itemsOf } from './objects.ts';
import { collectionPath, queryString } from './paths.ts';
import type { Transport } from './transport.ts';

export interface Page {
  /** True for the first page of a listing, also of one that starts over: what came before is void. */
  readonly first: boolean;
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

const PAGE_SIZE = 500;
/** So often a listing whose token expired starts over in pages; after that it is asked for in one piece. */
const MAX_RESTARTS = 2;

/** A listing, page by page, so that a big kind is never in memory as one text. Restarts when its token expires. */
export async function* listPages(
  transport: Transport,
  resource: ApiResource,
  selector: Selector,
  signal?: AbortSignalLike,
): AsyncGenerator<Page> {
  let token = '';
  for (let restarts = 0; ;) {
    const query = {
      limit: restarts > MAX_RESTARTS ? undefined : PAGE_SIZE,
      continue: token === '' ? undefined : token,
      ...selectorQuery(selector),
    };
    const path = `${collectionPath(resource, selector.namespace)}${queryString(query)}`;
    try {
      const list = parseJson(await transport.send({ method: 'GET', path, signal }), { protoKeys: 'drop' });
      yield {
        first: token === '',
        items: itemsOf(list, resource),
        resourceVersion: stringAt(list, 'metadata', 'resourceVersion') ?? '',
      };
      token = stringAt(list, 'metadata', 'continue') ?? '';
      if (token === '') return;
    } catch (error) {
      if (token === '' || !isExpired(error)) throw error;
      token = '';
      restarts += 1;
    }
  }
}

/** A listing as a whole. */
export async function listAll(
  transport: Transport,
  resource: ApiResource,
  selector: Selector,
): Promise<{ readonly items: readonly KubeObject[]; readonly resourceVersion: string }> {
  let items: KubeObject[] = [];
  let resourceVersion = '';
  for await (const page of listPages(transport, resource, selector)) {
    if (page.first) items = [];
    for (const item of page.items) items.push(item);
    resourceVersion = page.resourceVersion;
  }
  return { items, resourceVersion };
}

/** The selectors as query parameters. */
export const selectorQuery = ({
  labelSelector,
  fieldSelector,
}: Selector): Record<string, string | undefined> => ({
  labelSelector: labelSelector === '' ? undefined : labelSelector,
  fieldSelector: fieldSelector === '' ? undefined : fieldSelector,
});
