import { generatePaths } from '@tiphys/glob';

const WILDCARD = /[*?[{]/;

/**
 * The deepest directory that holds the application and all that it says it is rendered from; `paths` is the value of the
 * annotation `manifest-generate-paths`. `.` is the root of the repository.
 */
export function commonRoot(appPath: string, paths: string): string {
  const named = generatePaths(paths, appPath).map(segmentsOf);
  return [segmentsOf(appPath), ...named].reduce(shared).join('/') || '.';
}

/** The directories on the way to a path, up to the first with a wildcard. One that leaves the repository has none. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  const end = segments.findIndex((segment) => segment === '..' || WILDCARD.test(segment));
  return end < 0 ? segments : segments.slice(0, end);
}

function shared(a: readonly string[], b: readonly string[]): readonly string[] {
  const differs = a.findIndex((segment, index) => segment !== b[index]);
  return differs < 0 ? a : a.slice(0, differs);
}
