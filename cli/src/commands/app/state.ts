import { messageOf } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import type { App } from '../../api/schemas/application.ts';
import type { NamedRef } from './app-ref.ts';
import { formatConditions, formatSummary, type WindowState } from '../../output/app-summary.ts';
import { formatDocument } from '../../output/document.ts';
import { formatOperation } from '../../output/operation.ts';
import { formatResourceStates, resourceStates, type ResourceState } from '../../output/resource-states.ts';
import { formatTree } from '../../output/tree.ts';
import type { Invocation } from '../../program/invocation.ts';
import type { StateFormat } from './flags.ts';

export interface StateView {
  readonly api: Api;
  readonly app: App;
  readonly named: NamedRef;
  /** The name in the address of the application. */
  readonly urlName: string;
}

/** The lines that say what an application is and how it is. */
export async function summaryOf({ out }: Pick<Invocation, 'out'>, view: StateView): Promise<string> {
  const [url, windows] = await Promise.all([urlOf(view), windowsOf(view)]);
  return formatSummary(view.app, { url, windows, paint: out.paint });
}

/** The objects of the application, as a table or as a tree; empty where there are none. */
export async function resourcesOf(
  { out, now }: Pick<Invocation, 'out' | 'now'>,
  view: StateView,
  { format, states = resourceStates(view.app) }: { format: StateFormat; states?: readonly ResourceState[] },
): Promise<string> {
  if (states.length === 0) return '';
  if (!format.startsWith('tree')) return formatResourceStates(states, out.paint);
  const nodes = await view.api.applications.tree(view.named.ref);
  return formatTree(states, nodes, { detailed: format === 'tree=detailed', now: now(), paint: out.paint });
}

/** Prints how an application is at the end of a wait. */
export async function printFinalState(
  invocation: Invocation,
  view: StateView,
  { format, operation }: { readonly format: StateFormat; readonly operation: boolean },
): Promise<void> {
  const { out } = invocation;
  if (format === 'json' || format === 'yaml') {
    out.write(formatDocument(view.app, format));
    return;
  }
  out.write(`\n${await summaryOf(invocation, view)}\n`);
  const state = view.app.status?.operationState;
  if (operation && state) out.write(formatOperation(state, { now: invocation.now(), paint: out.paint }));
  const conditions = formatConditions(view.app);
  if (conditions !== '') out.write(`${operation && state ? '\n' : ''}${conditions}`);
  const resources = await resourcesOf(invocation, view, { format });
  if (resources !== '') out.write(`\n${resources}`);
}

async function urlOf({ api, urlName }: StateView): Promise<string> {
  const base = (await api.server.publicUrl()) || defaultUrl(api);
  return `${base.replace(/\/+$/, '')}/applications/${urlName}`;
}

const defaultUrl = ({ target: { plaintext, server, rootPath } }: Api): string => {
  const root = rootPath === '' ? '' : `/${rootPath}`;
  return plaintext ? `http://${server}${root}` : `https://${server.replace(/:443$/, '')}${root}`;
};

/** A project that may not be read leaves this open; it is no reason to show nothing. */
async function windowsOf({ api, app, named }: StateView): Promise<WindowState> {
  const project = app.spec.project ? app.spec.project : 'default';
  try {
    return (await api.server.hasSyncWindows(project))
      ? await api.applications.syncWindows(named.ref)
      : 'none';
  } catch (error) {
    return { unknown: messageOf(error) };
  }
}
