import { endingHealthOf, healthOfScript } from '@tiphys/health';
import { groupKindKey, groupOf, hasCode, messageOf, type HealthStatus, type KubeObject } from '@tiphys/model';
import type { LuaOutcome, LuaRunner } from '@tiphys/ports';
import { healthScriptOf, type HealthScript, type ScriptSettings } from '@tiphys/settings';

/** What an object is until its script has answered, which takes milliseconds: nobody takes it for healthy. */
export const PENDING: HealthStatus = { status: 'Progressing', message: 'Waiting for the health script' };

/** Scripts that ask the time may change their mind with no change of the object. */
const ASK_AGAIN_MS = 60_000;

/** Takes the health of an object; false once nobody wants to know, as the object changed or went. */
export type TakeHealth = (health: HealthStatus | undefined) => boolean;

/** The health of kinds that have a script in the settings. */
export class ScriptedHealth {
  readonly #runner: LuaRunner;
  readonly #settings: ScriptSettings;
  readonly #byKind = new Map<string, HealthScript | undefined>();

  constructor(runner: LuaRunner, settings: ScriptSettings) {
    this.#runner = runner;
    this.#settings = settings;
  }

  /** A text that changes with the scripts. */
  get key(): string {
    return JSON.stringify(this.#settings.health);
  }

  /** True where a script, and not a built-in rule, says how the object is. */
  decides(object: KubeObject): boolean {
    return this.#scriptOf(object) !== undefined && endingHealthOf(object) === undefined;
  }

  /**
   * Runs the script of an object and hands on what it says, again after a while where that may change by itself.
   * Resolves with the first answer.
   */
  async judge(object: KubeObject, take: TakeHealth): Promise<void> {
    const script = this.#scriptOf(object);
    if (script === undefined) return;
    const outcome = await this.#outcomeOf(script, object);
    if (outcome === undefined) return;
    const isWanted = take(healthOf(outcome));
    const againMs = askAgainAfter(outcome, script);
    if (!isWanted || againMs === undefined) return;
    setTimeout(() => void this.judge(object, take), againMs).unref();
  }

  /** Undefined once the runner is closed. A runner that is broken is told like a script that is. */
  async #outcomeOf(script: HealthScript, object: KubeObject): Promise<LuaOutcome | undefined> {
    try {
      const [outcome] = await this.#runner.run([{ ...script, object }]);
      return outcome;
    } catch (error) {
      if (hasCode(error, 'canceled')) return undefined;
      return { type: 'stopped', message: messageOf(error), retryAfterMs: ASK_AGAIN_MS };
    }
  }

  #scriptOf(object: KubeObject): HealthScript | undefined {
    const kind = { group: groupOf(object.apiVersion), kind: object.kind };
    const key = groupKindKey(kind);
    if (!this.#byKind.has(key)) this.#byKind.set(key, healthScriptOf(this.#settings, kind));
    return this.#byKind.get(key);
  }
}

function healthOf(outcome: LuaOutcome): HealthStatus | undefined {
  return outcome.type === 'value' ? healthOfScript(outcome) : { status: 'Unknown', message: outcome.message };
}

function askAgainAfter(outcome: LuaOutcome, { script }: HealthScript): number | undefined {
  if (outcome.type === 'stopped') return outcome.retryAfterMs + 100;
  return /\bos\b/u.test(script) ? ASK_AGAIN_MS : undefined;
}
