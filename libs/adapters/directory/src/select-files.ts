import { TiphysError, type DirectorySource } from '@tiphys/model';
import { compileGlob } from '@tiphys/glob';

const MANIFEST = /\.(yaml|yml|json|jsonnet)$/;

/**
 * The files of a directory application, sorted: YAML, JSON and Jsonnet files at its top, or below it with `recurse`,
 * that `include` takes and `exclude` leaves. `paths` are relative to the application's directory. A malformed glob is
 * an error `invalid`.
 */
export function selectDirectoryFiles(
  paths: readonly string[],
  directory: DirectorySource = {},
): readonly string[] {
  const included = matcher('include', directory.include) ?? (() => true);
  const excluded = matcher('exclude', directory.exclude) ?? (() => false);
  return paths
    .filter((path) => MANIFEST.test(path) && (directory.recurse === true || !path.includes('/')))
    .filter((path) => included(path) && !excluded(path))
    .sort(byPath);
}

function matcher(field: string, pattern: string | undefined): ((path: string) => boolean) | undefined {
  if (pattern === undefined || pattern === '') return undefined;
  const test = compileGlob(pattern);
  if (test === undefined) {
    throw new TiphysError(
      'invalid',
      `spec.source.directory.${field}: ${JSON.stringify(pattern)} is not a glob`,
    );
  }
  return test;
}

const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
