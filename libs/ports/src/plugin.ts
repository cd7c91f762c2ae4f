import type { AbortSignalLike } from './clock.ts';

/** Files packed for a plugin. */
export interface PackedFiles {
  /** Path of a gzipped tar archive on this machine. */
  readonly file: string;
  /** SHA-256 of it, hexadecimal. */
  readonly checksum: string;
  /** Bytes of it. */
  readonly size: number;
}

/** What a plugin is asked about. */
export interface PluginCall {
  readonly appName: string;
  /** Directory of the application inside the archive; `.` for its root. */
  readonly appPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly files: PackedFiles;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignalLike;
  /** Values that must never appear in an error. */
  readonly secrets?: readonly string[];
}

/** What a plugin says of itself before it sees any files. */
export interface PluginTraits {
  /** It can tell by the files whether it is the one for them. */
  readonly discovers: boolean;
  /** It wants the login of the repository. */
  readonly wantsGitCredentials: boolean;
}

/** A parameter that a plugin takes. */
export interface PluginAnnouncement {
  readonly name: string;
  readonly title: string;
  readonly tooltip: string;
  readonly required: boolean;
  readonly itemType: string;
  /** `string`, `array` or `map`; empty means `string`. */
  readonly collectionType: string;
  readonly string: string;
  readonly array: readonly string[];
  readonly map: Readonly<Record<string, string>>;
}

/**
 * A config-management plugin. Failures are TiphysError: `unavailable` where it cannot be reached or went away,
 * `deadline`, `resource-exhausted` where it answers too much, `failed-precondition` with its own words.
 */
export interface ConfigPlugin {
  /** `<name>`, or `<name>-<version>`. */
  readonly name: string;
  traits(): Promise<PluginTraits>;
  matches(call: PluginCall): Promise<boolean>;
  /** YAML or JSON texts. */
  generate(call: PluginCall): Promise<readonly string[]>;
  announcements(call: PluginCall): Promise<readonly PluginAnnouncement[]>;
  /** Whether it says that it serves; false where it cannot be reached. */
  isServing(): Promise<boolean>;
}

/** The plugins that are there now. */
export interface ConfigPlugins {
  /** Sorted by name. */
  list(): Promise<readonly ConfigPlugin[]>;
  /** Undefined where none has that name. */
  find(name: string): Promise<ConfigPlugin | undefined>;
}
