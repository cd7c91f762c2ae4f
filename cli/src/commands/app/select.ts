import type { Api } from '../../api/api.ts';
import { Failure } from '../../program/failure.ts';
import { namedRef, namedRefOf, type NamedRef } from './app-ref.ts';

export interface Selection {
  readonly names: readonly string[];
  readonly selector?: string | undefined;
  readonly projects?: readonly string[];
  readonly namespace: string | undefined;
}

/** The applications that a command is about: those named, or those that a selector or projects choose. */
export async function selectApps(api: Api, selection: Selection): Promise<readonly NamedRef[]> {
  const { names, selector, projects = [], namespace } = selection;
  if (names.length > 0 && (selector !== undefined || projects.length > 0))
    throw new Failure('Give either the names of applications, or a selector or projects.');
  if (names.length > 0) return names.map((name) => namedRef(name, namespace));
  if (selector === undefined && projects.length === 0)
    throw new Failure('Say which applications: by their names or by a selector (-l).');
  const apps = await api.applications.list({
    projects,
    ...(selector === undefined ? {} : { selector }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (apps.length === 0) throw new Failure(`No matching apps found for filter: ${describe(selection)}`);
  return apps.map(namedRefOf);
}

const describe = ({ selector, projects = [] }: Selection): string =>
  [
    ...(selector === undefined ? [] : [`selector ${selector}`]),
    ...(projects.length === 0 ? [] : [`projects [${projects.join(' ')}]`]),
  ].join(', ');
