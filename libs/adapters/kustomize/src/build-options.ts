import { TiphysError } from '@tiphys/model';

export interface BuildOptions {
  /** Flags to pass on, one an element. */
  readonly flags: readonly string[];
  readonly helm: boolean;
}

type Flag = 'switch' | 'value' | 'load-restrictor' | 'refused';

/** What `kustomize.buildOptions` may ask for. Flags that run programs or containers are refused. */
const FLAGS: Readonly<Record<string, Flag>> = {
  '--enable-helm': 'switch',
  '--helm-debug': 'switch',
  '--stack-trace': 'switch',
  '--helm-api-versions': 'value',
  '--helm-kube-version': 'value',
  '--reorder': 'value',
  '--load-restrictor': 'load-restrictor',
  '--load_restrictor': 'load-restrictor',
  '--enable-exec': 'refused',
  '--enable-alpha-plugins': 'refused',
  '--enable_alpha_plugins': 'refused',
  '--helm-command': 'refused',
  '--network': 'refused',
  '--network-name': 'refused',
  '--mount': 'refused',
  '--env': 'refused',
  '-e': 'refused',
  '--as-current-user': 'refused',
  '--output': 'refused',
  '-o': 'refused',
};
const RESTRICTORS: Readonly<Record<string, string>> = {
  none: 'LoadRestrictionsNone',
  LoadRestrictionsNone: 'LoadRestrictionsNone',
  rootOnly: 'LoadRestrictionsRootOnly',
  LoadRestrictionsRootOnly: 'LoadRestrictionsRootOnly',
};

/**
 * Reads the `kustomize.buildOptions` setting. Errors are `invalid` and name the flag: unknown ones, ones without
 * their value, and ones that would let a repository run programs unless `allowed` lists them.
 */
export function parseBuildOptions(text: string, allowed: readonly string[] = []): BuildOptions {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const flags: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [name = '', attached] = splitFlag(words[at] ?? '');
    const kind = allowed.includes(name) ? kindOfAllowed(name) : FLAGS[name];
    if (kind === undefined || kind === 'refused') throw refused(name, kind);
    if (kind === 'switch') {
      flags.push(attached === undefined ? name : `${name}=${attached}`);
      continue;
    }
    const value = attached ?? words[(at += 1)];
    if (value === undefined) throw invalid(`${name} needs a value`);
    flags.push(kind === 'load-restrictor' ? restrictor(value) : `${name}=${value}`);
  }
  return { flags, helm: flags.some((flag) => flag === '--enable-helm' || flag === '--enable-helm=true') };
}

function splitFlag(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

const kindOfAllowed = (name: string): Flag =>
  ['--helm-command', '--network-name', '--mount', '--env', '-e'].includes(name) ? 'value' : 'switch';

function restrictor(value: string): string {
  const known = RESTRICTORS[value];
  if (known === undefined) throw invalid(`--load-restrictor has no value ${JSON.stringify(value)}`);
  return `--load-restrictor=${known}`;
}

const refused = (name: string, kind: 'refused' | undefined): TiphysError =>
  invalid(
    kind === 'refused'
      ? `${name} is refused: it would let a repository run programs here`
      : `${JSON.stringify(name)} is not a flag that can be set`,
  );

const invalid = (why: string): TiphysError => new TiphysError('invalid', `kustomize.buildOptions: ${why}`);
