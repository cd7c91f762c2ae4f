import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from '@tiphys/adapter-argo-api';
import type { Application } from '@tiphys/model';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { isNamespaceListed } from '@tiphys/project-policy';
import { projectOf } from '../applications/finder.ts';
import { NOT_FOUND, UNKNOWN, stateOfApp, stateOfProjects } from './badge-state.ts';
import type { BadgeState } from './badge-state.ts';
import { badgeSvg } from './badge-svg.ts';

export interface BadgeParts {
  readonly applications: ObjectStore<Application>;
  /** The control plane's own. */
  readonly namespace: string;
  readonly otherNamespaces: readonly string[];
  /** True where badges are switched on; otherwise they tell nothing. */
  readonly enabled: () => boolean;
}

/** A name as Kubernetes takes it, whatever its case. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
const MAX_WIDTH = 2_000;

const HEADERS = {
  'Content-Type': 'image/svg+xml',
  'Cache-Control': 'private, no-store',
  'Access-Control-Allow-Origin': '*',
};

/** `/api/badge`: the state of an Application or of projects as a picture, for anybody, where that is switched on. */
export class BadgePage {
  readonly #parts: BadgeParts;

  constructor(parts: BadgeParts) {
    this.#parts = parts;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, 405, 'Method Not Allowed', { Allow: 'GET, HEAD' });
    }
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
    const isOn = this.#parts.enabled();
    if (isOn && !namesAreValid(query)) {
      response.writeHead(400);
      response.end();
      return;
    }
    const svg = badgeSvg(isOn ? this.#state(query) : UNKNOWN, {
      revision: isOn && query.get('revision') === 'true',
      fullRevision: query.get('keepFullRevision') === 'true',
      name: query.get('showAppName') === 'true',
      width: isOn ? widthIn(query) : undefined,
    });
    response.writeHead(200, { ...HEADERS, 'Content-Length': Buffer.byteLength(svg) });
    response.end(request.method === 'HEAD' ? undefined : svg);
  }

  #state(query: URLSearchParams): BadgeState {
    const { applications } = this.#parts;
    const namespace = this.#namespaceIn(query);
    const name = query.get('name') ?? '';
    if (name !== '') {
      const app = namespace === undefined ? undefined : applications.get(namespace, name);
      return app === undefined ? NOT_FOUND : stateOfApp(app);
    }
    const projects = new Set(query.getAll('project'));
    const apps = [...applications.values()].filter(
      (app) => app.metadata.namespace === namespace && projects.has(projectOf(app)),
    );
    return stateOfProjects(apps);
  }

  /** Undefined for a namespace that no Application may live in. */
  #namespaceIn(query: URLSearchParams): string | undefined {
    const { namespace, otherNamespaces } = this.#parts;
    const asked = query.get('namespace') ?? '';
    if (asked === '' || asked === namespace) return namespace;
    return isNamespaceListed(otherNamespaces, asked) ? asked : undefined;
  }
}

function namesAreValid(query: URLSearchParams): boolean {
  const fits = (key: string, pattern: RegExp): boolean =>
    query.getAll(key).every((value) => (value === '' && key !== 'project') || pattern.test(value));
  return fits('name', LABEL) && fits('project', LABEL) && fits('namespace', SUBDOMAIN);
}

function widthIn(query: URLSearchParams): number | undefined {
  const text = query.get('width') ?? '';
  const width = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return width > 0 && width <= MAX_WIDTH ? width : undefined;
}
