import { hasCode, messageOf } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import type { KubeApi, Logger } from '@tiphys/ports';
import { ownKinds } from '@tiphys/runtime/watch';
import type { Asked } from './affected.ts';
import { RefreshPool } from './refresh-pool.ts';

export interface RefresherParts {
  readonly api: KubeApi;
  readonly logger: Logger;
  readonly workers: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes in what was written. */
  readonly written: (kind: Asked['kind'], object: KubeObject) => void;
}

const MANAGER = 'argocd';
const MAX_TRIES = 4;
const PAUSE_MS = 250;

/** Asks the controllers to look at what a change is about. */
export class Refresher {
  readonly #parts: RefresherParts;
  readonly #pool: RefreshPool;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
    this.#pool = new RefreshPool(parts.workers);
  }

  /** Never rejects: what cannot be asked is logged, and found by the next regular look. */
  async ask(asked: Asked): Promise<void> {
    await this.#pool.run(async () => {
      try {
        await this.#tried(asked);
      } catch (error) {
        if (hasCode(error, 'not-found')) return;
        const { name, namespace } = asked.object.metadata;
        const fields = { kind: asked.kind, name, namespace, error: messageOf(error) };
        this.#parts.logger.warn('a refresh that a webhook asks for could not be written', fields);
      }
    });
  }

  async #tried(asked: Asked): Promise<void> {
    for (let round = 1; ; round++) {
      try {
        return await this.#annotate(asked);
      } catch (error) {
        const mayPass = ['unavailable', 'deadline', 'conflict', 'resource-exhausted'] as const;
        if (round >= MAX_TRIES || !mayPass.some((code) => hasCode(error, code))) throw error;
        await this.#parts.sleep(PAUSE_MS * 2 ** round);
      }
    }
  }

  async #annotate({ kind, object, annotations }: Asked): Promise<void> {
    const { name = '', namespace = '' } = object.metadata;
    const resource = kind === 'application' ? ownKinds.application : ownKinds.applicationSet;
    const value = kind === 'application' ? 'normal' : 'true';
    const wanted = Object.fromEntries(annotations.map((key) => [key, value]));
    const body = { metadata: { annotations: wanted } };
    const patch = { type: 'merge', body, fieldManager: MANAGER } as const;
    this.#parts.written(kind, await this.#parts.api.patch(resource, { name, namespace }, patch));
  }
}
