import type { JsonValue } from '@tiphys/model';

/** What templates and expressions may call beside sprig: nothing, or `time`, `strings`, `repo` and `.secrets` as bytes. */
export type GoLibrary = 'notifications';

/** One of several texts: its result, or why it has none. */
export type GoResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export interface Evaluation {
  readonly value: JsonValue;
  /** As Go's `%v` prints it. */
  readonly text: string;
}

/**
 * Go templates, expr conditions and Masterminds semver: exact semantics, run in a killable worker. Rejects with
 * `invalid` for a text that is wrong, `deadline` for one that does not end, `resource-exhausted` for one that
 * needs too much memory.
 */
export interface GoRuntime {
  /** Renders a Go text/template with sprig functions (env, expandenv, getHostByName left out). */
  renderTemplate(template: string, data: JsonValue): Promise<string>;
  /** Renders many over the same data, each on its own. */
  renderAll(
    templates: readonly string[],
    data: JsonValue,
    library?: GoLibrary,
  ): Promise<readonly GoResult<string>[]>;
  /**
   * Renders as ApplicationSets are rendered: with `normalize`, `slugify`, `toYaml`, `fromYaml` and `fromYamlArray`
   * besides sprig, every number as a float64, and `options` of text/template (`missingkey=error`).
   */
  renderApplicationSet(
    templates: readonly string[],
    data: JsonValue,
    options: readonly string[],
  ): Promise<readonly GoResult<string>[]>;
  /** Evaluates an expr-lang expression to a JSON value. */
  evaluate(expression: string, env: JsonValue): Promise<JsonValue>;
  /** Evaluates many over the same variables, each on its own. */
  evaluateAll(
    expressions: readonly string[],
    env: JsonValue,
    library?: GoLibrary,
  ): Promise<readonly GoResult<Evaluation>[]>;
  /** The highest version that satisfies a Masterminds constraint, or undefined. */
  maxSatisfying(constraint: string, versions: readonly string[]): Promise<string | undefined>;
  close(): Promise<void>;
}

/** A rendered message for one recipient of one service. */
export interface Notification {
  /** The same for every attempt to deliver the same message; far sides that can may tell a repetition by it. */
  readonly id: string;
  readonly service: string;
  readonly recipient: string;
  /** Rendered template fields (`message`, `email.subject`, `slack.attachments`, `webhook.<name>.body`, …). */
  readonly content: JsonValue;
}

/**
 * Delivers to one service. Rejects when the far side did not accept: `unavailable`, `deadline` and
 * `resource-exhausted` may pass, any other code comes again for the same message and settings.
 */
export interface Notifier {
  send(notification: Notification): Promise<void>;
}

/** One message that waits to be delivered, as a worker gets it. */
export interface QueuedDelivery {
  readonly id: string;
  readonly payload: string;
  /** From 1. */
  readonly attempt: number;
  /** True where an earlier attempt was accepted by the far side and only its record is missing. */
  readonly sent: boolean;
  /** Keeps, across a crash, that the far side accepted it. */
  markSent(): Promise<void>;
}

/** Deliveries that outlive the process. The same id is never there twice and never handled twice at once. */
export interface DeliveryQueue {
  /** False where a delivery with that id waits, runs or has failed for good. Rejects with `unavailable`. */
  add(delivery: { readonly id: string; readonly payload: string }): Promise<boolean>;
  /**
   * Starts workers. A handler that resolves ends the delivery; one that rejects has it tried again later, or, with
   * `invalid`, `permission-denied`, `not-found` or `failed-precondition`, gives it up until `retryFailed`.
   */
  process(concurrency: number, handler: (delivery: QueuedDelivery) => Promise<void>): void;
  /** Takes back a delivery that waits or has failed; one that runs goes on. */
  remove(id: string): Promise<void>;
  /** Lets deliveries that were given up try again, because what they failed on has changed. */
  retryFailed(): Promise<void>;
  /** False while the queue cannot be reached: deliveries wait. */
  readonly ready: boolean;
  close(): Promise<void>;
}
