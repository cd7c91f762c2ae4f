import { isTiphysError, TiphysError } from '@tiphys/model';
import type { AnswerTerms } from '@tiphys/adapter-plugin';
import type { Clock, CommandRunner } from '@tiphys/ports';
import type { PluginCommand } from './plugin-config.ts';

export interface CommandTerms {
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Milliseconds of a request's commands together. */
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly maxOutputBytes: number;
  /** What the container was started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** The caller hears of the deadline rather than of a call that it gave up itself. */
const ANSWER_MS = 100;

/** Runs the commands of one request in the application's directory, all of them before one deadline. */
export class RequestCommands {
  readonly #terms: CommandTerms;
  readonly #request: AnswerTerms;
  readonly #env: Readonly<Record<string, string>>;
  readonly #deadline: number;
  readonly #secrets: readonly string[];

  constructor(terms: CommandTerms, request: AnswerTerms, env: Readonly<Record<string, string>>) {
    this.#terms = terms;
    this.#request = request;
    this.#env = { ...terms.env, ...env };
    this.#secrets = loginsIn(env);
    this.#deadline = Math.min(request.deadline - ANSWER_MS, terms.clock.now() + terms.timeoutMs);
  }

  /** Standard output of a command. `what` names it in errors, as in plugin.yaml. */
  async run(what: string, { command, args }: PluginCommand, cwd: string): Promise<Uint8Array> {
    const [program = '', ...rest] = [...command, ...args];
    const timeoutMs = Math.max(1, this.#deadline - this.#terms.clock.now());
    try {
      const { stdout } = await this.#terms.runner.run({
        program,
        args: rest,
        cwd,
        env: this.#env,
        timeoutMs,
        graceMs: this.#terms.graceMs,
        maxOutputBytes: this.#terms.maxOutputBytes,
        signal: this.#request.signal,
        secrets: this.#secrets,
      });
      return stdout;
    } catch (error) {
      if (!isTiphysError(error)) throw error;
      throw new TiphysError(error.code, `${what}: ${error.message.replaceAll(cwd, '.')}`, { cause: error });
    }
  }
}

const LOGIN = /^GIT_CONFIG_VALUE_\d+$/;

/** What a caller lends of its login to git: headers, and what they hold. */
const loginsIn = (env: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(env).flatMap(([name, value]) => {
    if (!LOGIN.test(name)) return [];
    const token = /^Authorization: \S+ (.+)$/.exec(value)?.[1];
    return token === undefined ? [] : [token];
  });
