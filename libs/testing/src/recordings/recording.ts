import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Application, ApplicationSpec, JsonValue, KubeObject } from '@tiphys/model';
import { withSameValues } from './same-values.ts';
import type { Transition } from './transitions.ts';

/** One recorded situation: what was made, and how the Application looked in the end. */
export interface Recording {
  readonly name: string;
  /** Objects that were there before the Application. */
  readonly pre?: readonly KubeObject[];
  readonly manifest: {
    readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] };
    readonly spec: ApplicationSpec;
  };
  readonly application?: Pick<Application, 'metadata' | 'status'>;
  readonly transitions: readonly Transition[];
}

/** All recorded situations, with the repository that they were recorded on. */
export interface Recordings {
  read(name: string): Recording;
  /** The repository as `git fast-export` wrote it. */
  readonly repository: Uint8Array;
  /** SHA by placeholder, such as `<git:apps/2>`. */
  readonly commits: ReadonlyMap<string, string>;
}

/** Where the recorded sessions are looked for: beside the repository. */
export const sessionsFolder: string = resolve(
  import.meta.dirname,
  '../../../../..',
  'shared',
  'wire',
  'sessions',
);

/** Where the recorded sessions are, or undefined where they were not handed out. */
export const recordingsFolder = (): string | undefined =>
  existsSync(sessionsFolder) ? sessionsFolder : undefined;

/** Reads the recorded situations of a folder. */
export function readRecordings(folder: string): Recordings {
  const [, ...rows] = readFileSync(join(folder, 'git', 'states-commits.tsv'), 'utf8')
    .trim()
    .split('\n');
  return {
    read: (name) => {
      const file = JSON.parse(readFileSync(join(folder, 'states', `${name}.json`), 'utf8')) as JsonValue;
      return withSameValues(file) as unknown as Recording;
    },
    repository: readFileSync(join(folder, 'git', 'states-apps.fastexport')),
    commits: new Map(
      rows.map((row) => {
        const [sha = '', placeholder = ''] = row.split('\t');
        return [placeholder, sha];
      }),
    ),
  };
}
