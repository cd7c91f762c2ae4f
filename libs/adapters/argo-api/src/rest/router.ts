import type { HttpBinding, MethodShape } from '../schema/shape.ts';
import { matchTemplate, parseTemplate } from './template.ts';
import type { Segment } from './template.ts';

export interface Match {
  readonly method: MethodShape;
  readonly binding: HttpBinding;
  readonly variables: Readonly<Record<string, string>>;
}

export type Found =
  | { readonly type: 'match'; readonly match: Match }
  /** The path exists, the verb does not. */
  | { readonly type: 'wrong-verb' }
  | { readonly type: 'none' };

interface Route {
  readonly method: MethodShape;
  readonly binding: HttpBinding;
  readonly template: readonly Segment[];
  /** Literal segments; more of them wins. */
  readonly literals: number;
}

/** Finds the RPC behind a verb and a path. Routes come from the descriptors alone; of two equal ones the first wins. */
export class Router {
  readonly #byFourth = new Map<string, Route[]>();

  constructor(methods: Iterable<MethodShape>) {
    for (const method of methods) {
      for (const binding of method.http) this.#add(method, binding);
    }
    for (const routes of this.#byFourth.values()) routes.sort((a, b) => b.literals - a.literals);
  }

  #add(method: MethodShape, binding: HttpBinding): void {
    const template = parseTemplate(binding.path);
    const literals = template.filter((segment) => segment.type === 'literal').length;
    const key = bucketOf(binding.path.slice(1).split('/'));
    const routes = this.#byFourth.get(key) ?? [];
    routes.push({ method, binding, template, literals });
    this.#byFourth.set(key, routes);
  }

  /** `path` as it came on the wire, without query. */
  find(verb: string, path: string): Found {
    const parts = path.slice(1).split('/');
    let pathExists = false;
    for (const route of this.#byFourth.get(bucketOf(parts)) ?? []) {
      const variables = matchTemplate(route.template, parts);
      if (!variables) continue;
      if (route.binding.verb === verb) {
        return { type: 'match', match: { method: route.method, binding: route.binding, variables } };
      }
      pathExists = true;
    }
    return { type: pathExists ? 'wrong-verb' : 'none' };
  }
}

/** Every route starts with three literals or is shorter (`/api/v1/clusters`, `/api/version`). */
const bucketOf = (parts: readonly string[]): string => parts.slice(0, 3).join('/');
