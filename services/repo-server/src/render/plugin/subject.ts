import type { ApplicationSource } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';

/** A source that a plugin may be for, wherever its files are. */
export interface PluginSubject {
  readonly request: RenderRequest;
  /** With overrides and the build environment put in. */
  readonly source: ApplicationSource;
  readonly env: Readonly<Record<string, string>>;
  readonly revision: string;
  /** Directory of the application, from the root of its files. */
  readonly path: string;
  /** Names the files below a directory: equal files, equal name. */
  contentOf(directory: string): Promise<string>;
  /** Lends a directory of the files. */
  lend<T>(directory: string, task: (absolute: string) => Promise<T>): Promise<T>;
}
