import { compileGlob } from './glob.ts';

/**
 * The paths of an annotation `manifest-generate-paths` from the root of the repository: joined by `;`, each relative
 * to the path of the source or, with a leading slash, to the root. Empty where the text names none.
 */
export function generatePaths(text: string, sourcePath: string): readonly string[] {
  const items = text.split(';').map((item) => item.trim());
  return items
    .filter((item) => item !== '')
    .map((item) => clean(item.startsWith('/') ? item : `${sourcePath}/${item}`));
}

/** Whether one of the files is named by a path, lies below it, or is matched by it as a glob. */
export const isTouched = (paths: readonly string[], files: Iterable<string>): boolean => {
  const tests = paths.map(testOf);
  for (const file of files) if (tests.some((test) => test(file))) return true;
  return false;
};

function testOf(path: string): (file: string) => boolean {
  if (path === '') return () => true;
  const glob = /[*?[{\\]/u.test(path) ? compileGlob(path, { separator: '/' }) : undefined;
  return (file) => file === path || file.startsWith(`${path}/`) || glob?.(file) === true;
}

/** Without empty steps and dots; the root is empty. */
function clean(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else if (step === '..' && !path.startsWith('/')) steps.push(step);
    else if (step !== '' && step !== '.' && step !== '..') steps.push(step);
  }
  return steps.join('/');
}
