import type { FlagSet, FlagValues } from '../../../program/definition.ts';
import type { LocalFiles } from './archive.ts';

/** Accepted for scripts; what they tune has no counterpart here. */
export const tuning = {
  'ignore-normalizer-jq-execution-timeout': {
    kind: 'text',
    default: '1s',
    hidden: true,
    describe: 'Accepted and not needed: the server bounds expressions',
  },
  'server-side-diff-concurrency': {
    kind: 'integer',
    default: -1,
    hidden: true,
    describe: 'Accepted and not needed: the server decides how much it does at once',
  },
} as const satisfies FlagSet;

export const maxBatch = {
  kind: 'integer',
  default: 250,
  describe: 'Kilobytes of manifests in one request of --server-side-diff',
} as const;

/** The flags of local files, with what stands for no root. */
export const localFlags = <const Root extends string>(root: Root) =>
  ({
    local: {
      kind: 'text',
      describe: "Directory whose files stand in for those of the application's source",
      placeholder: 'directory',
    },
    'local-repo-root': {
      kind: 'text',
      default: root,
      describe: 'Root of the repository that --local is in; everything below it is sent',
      placeholder: 'directory',
    },
  }) as const satisfies FlagSet;

type LocalFlags = FlagValues<ReturnType<typeof localFlags>>;

/** The local files that flags name; undefined where they name none. */
export function localFilesOf(values: LocalFlags, given: ReadonlySet<string>): LocalFiles | undefined {
  if (values.local === undefined || values.local === '') return undefined;
  return {
    directory: values.local,
    root:
      given.has('local-repo-root') && values['local-repo-root'] !== '/'
        ? values['local-repo-root']
        : undefined,
  };
}
