export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log. Messages are constant; what varies goes into the fields. Secrets are redacted by the adapter. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger;
}
