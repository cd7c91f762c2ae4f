import type { JsonValue } from '@tiphys/model';

/** Go templates, expr conditions and Masterminds semver: exact semantics, run in a killable worker. */
export interface GoRuntime {
  /** Renders a Go text/template with sprig functions (env, expandenv, getHostByName left out). */
  renderTemplate(template: string, data: JsonValue): Promise<string>;
  /** Evaluates an expr-lang expression to a JSON value. */
  evaluate(expression: string, env: JsonValue): Promise<JsonValue>;
  /** The highest version that satisfies a Masterminds constraint, or undefined. */
  maxSatisfying(constraint: string, versions: readonly string[]): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A rendered message for one recipient of one service. */
export interface Notification {
  readonly service: string;
  readonly recipient: string;
  /** Rendered template fields (`message`, `email.subject`, `slack.attachments`, `webhook.<name>.body`, …). */
  readonly content: JsonValue;
}

/** Delivers to one service. Rejects when the far side did not accept. */
export interface Notifier {
  send(notification: Notification): Promise<void>;
}
