/** The recorded invocations that one spec replays. */
export interface Share {
  /** The spec, from the source folder of the client. */
  readonly spec: string;
  /** True for the words of an invocation that belongs to it. */
  readonly includes: (argv: readonly string[]) => boolean;
  /** Those of them that it does not replay, by name, and why. */
  readonly otherwise: Readonly<Record<string, string>>;
}
