import type { Params } from '../inputs.ts';
import { normalizedName } from '../names.ts';

export interface PathForm {
  readonly goTemplate: boolean;
  /** Key that the parameters are put under; empty for none. */
  readonly prefix: string;
  /** True where the path is that of a file: its directory is what counts. */
  readonly isFile?: boolean;
}

/** What templates are told of a path in a repository. */
export function pathParams(path: string, { goTemplate, prefix, isFile = false }: PathForm): Params {
  const steps = path.split('/');
  const segments = isFile && steps.length === 1 ? ['.'] : isFile ? steps.slice(0, -1) : steps;
  const directory = segments.join('/');
  const filename = steps.at(-1) ?? '';
  const basename = segments.at(-1) ?? '.';
  const facts = {
    basename,
    basenameNormalized: normalizedName(basename),
    ...(isFile ? { filename, filenameNormalized: normalizedName(filename) } : {}),
  };
  if (goTemplate) {
    const told = { path: { path: directory, ...facts, segments } };
    return prefix === '' ? told : { [prefix]: told };
  }
  const key = prefix === '' ? 'path' : `${prefix}.path`;
  return {
    [key]: directory,
    ...Object.fromEntries(Object.entries(facts).map(([name, value]) => [`${key}.${name}`, value])),
    ...Object.fromEntries(
      segments.filter((segment) => segment !== '').map((segment, index) => [`${key}[${index}]`, segment]),
    ),
  };
}
