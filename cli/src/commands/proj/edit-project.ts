import type { Project, ProjectSpec, Role, Window } from '../../api/schemas/project.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';

/** What a change makes of a spec; undefined leaves the project as it is. */
export type SpecChange = (spec: ProjectSpec, project: Project) => ProjectSpec | undefined;

/** Reads a project, changes it and writes it back; the write is refused where somebody else wrote meanwhile. */
export async function editProject(
  { connect }: Invocation,
  name: string,
  change: SpecChange,
): Promise<boolean> {
  const { projects } = await connect();
  const project = await projects.get(name);
  const spec = change(project.spec, project);
  if (spec === undefined) return false;
  await projects.update({ ...project, spec });
  return true;
}

/** Changes one role. */
export const editRole =
  (name: string, change: (role: Role) => Role): SpecChange =>
  (spec, project) => {
    roleOf(project, name);
    return { ...spec, roles: (spec.roles ?? []).map((role) => (role.name === name ? change(role) : role)) };
  };

export function roleOf({ metadata, spec }: Project, name: string): Role {
  const role = (spec.roles ?? []).find((each) => each.name === name);
  if (role) return role;
  throw general(`role '${name}' does not exist in project '${metadata.name ?? ''}'`);
}

/** Changes one window, which is named by its place in the list. */
export const editWindow =
  (id: string, change: (window: Window) => Window | undefined): SpecChange =>
  (spec) => {
    const windows = spec.syncWindows ?? [];
    const at = /^\d+$/.test(id) ? Number(id) : -1;
    if (windows[at] === undefined) throw general(`window with id '${id}' not found`);
    const next = windows.flatMap((window, index): readonly Window[] => {
      const changed = index === at ? change(window) : window;
      return changed === undefined ? [] : [changed];
    });
    return { ...spec, syncWindows: next };
  };

/** A failure of the kind that ends with the code that scripts know. */
export const general = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

/** The values of a flag that may hold several, separated by commas. */
export const split = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(','));
