import type { FlagSet } from '../../program/definition.ts';

/** Flags that several verbs share. */
export const appNamespace = {
  kind: 'text',
  short: 'N',
  describe: 'Namespace of the application',
  placeholder: 'namespace',
} as const;

export const selector = {
  kind: 'text',
  short: 'l',
  describe: 'Only applications whose labels match, such as `team=web,tier!=db`',
} as const;

export const timeout = {
  kind: 'integer',
  default: 0,
  describe: 'Give up after this many seconds; 0 waits for as long as it takes',
} as const;

export const outputOfState = {
  kind: 'text',
  short: 'o',
  default: 'wide',
  describe: 'Format of the final state: wide, json, yaml, tree or tree=detailed',
} as const;

export const stateFormats = ['wide', 'json', 'yaml', 'tree', 'tree=detailed'] as const;
export type StateFormat = (typeof stateFormats)[number];

/** Repeatable names of resources. */
export const resource = {
  kind: 'list',
  describe:
    'Only these resources, GROUP:KIND:[NAMESPACE/]NAME; a leading ! leaves one out, * stands for any text',
  placeholder: 'resource',
} as const satisfies FlagSet[string];

/** Revisions of single sources; `revisionsOf` reads them. */
export const sourceRevisions = {
  revisions: { kind: 'list', describe: 'Revision of the source at the same place of --source-positions' },
  'source-positions': { kind: 'integers', describe: 'Sources that --revisions are for, counted from 1' },
  'source-names': { kind: 'list', describe: 'Sources that --revisions are for, by name' },
} as const satisfies FlagSet;
