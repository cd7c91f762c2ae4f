import { parseGoDuration } from '@tiphys/runtime/config';
import type { ServerSettings } from '../settings/server-settings.ts';

const MIB = 1024 * 1024;
/** Far more than providers send for a push, and little enough to be held many times. */
const DEFAULT_MAX_MIB = 5;
const DEFAULT_THRESHOLD = 10;

/** What the settings say of webhooks; every read is of the newest state. */
export class WebhookSettings {
  readonly #settings: Pick<ServerSettings, 'cm' | 'secret' | 'referenced'>;

  constructor(settings: Pick<ServerSettings, 'cm' | 'secret' | 'referenced'>) {
    this.#settings = settings;
  }

  /** Bytes that a message may have. */
  get maxBytes(): number {
    return positive(this.#settings.cm('webhook.maxPayloadSizeMB'), DEFAULT_MAX_MIB) * MIB;
  }

  /** Milliseconds that refreshes of one change are spread over. */
  get jitterMs(): number {
    return Math.max(0, parseGoDuration(this.#settings.cm('webhook.refresh.jitter')) ?? 0);
  }

  /** More Applications than this are refreshed spread over that time. */
  get jitterThreshold(): number {
    return positive(this.#settings.cm('webhook.refresh.jitter.threshold'), DEFAULT_THRESHOLD);
  }

  /**
   * A value of `argocd-secret`; `$key` stands for another key of it, `$name:key` for one of another secret of ours. One
   * that stands for nothing stays as it is written, so that a mistake lets nobody in.
   */
  secret(key: string): string {
    const value = this.#settings.secret(key).trim();
    return value.startsWith('$') ? this.#settings.referenced(value.slice(1).trim())?.trim() || value : value;
  }
}

function positive(text: string, otherwise: number): number {
  const number = /^\d+$/u.test(text.trim()) ? Number(text) : 0;
  return number > 0 ? number : otherwise;
}
