import { TiphysError, type ApplicationDestination } from '@tiphys/model';
import type { ClusterShards, Permit } from './cluster-shards.ts';

export interface LookGateOptions {
  readonly shards: Pick<ClusterShards, 'permit' | 'serves' | 'keeps'>;
  /** The address behind a destination; undefined where it is no known cluster. */
  readonly serverOf: (destination: ApplicationDestination) => string | undefined;
  /** The destination of an Application as it is now; undefined once that is gone. */
  readonly destinationOf: (app: string) => ApplicationDestination | undefined;
}

interface Look {
  readonly permit: Permit;
  readonly destination: ApplicationDestination;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/**
 * Lets looks at Applications begin only where this process serves their cluster, and their writes pass only while that
 * lasts. Applications are known by their queue keys; there is never more than one look at each.
 */
export class LookGate {
  readonly #options: LookGateOptions;
  readonly #looks = new Map<string, Look>();

  constructor(options: LookGateOptions) {
    this.#options = options;
  }

  /** Whether Applications of a destination are this process's, also while it cannot show that. */
  keeps(destination: ApplicationDestination): boolean {
    return this.#options.shards.keeps(this.#options.serverOf(destination));
  }

  /** Begins a look; false where it is not to be made here and now. */
  begin(app: string, destination: ApplicationDestination): boolean {
    const permit = this.#options.shards.permit(this.#options.serverOf(destination));
    if (permit === undefined) return false;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.#looks.set(app, { permit, destination, ended, end });
    return true;
  }

  /** Ends a look; false where it lost its leave on the way. */
  end(app: string): boolean {
    const look = this.#looks.get(app);
    const isValid = this.#refusalOf(app) === undefined;
    this.#looks.delete(app);
    look?.end();
    return isValid;
  }

  /** Throws `canceled` as soon as what is written for an Application is no longer this process's to write. */
  fenceOf(app: string): () => void {
    return () => {
      const refusal = this.#refusalOf(app);
      if (refusal !== undefined) throw new TiphysError('canceled', `Application ${app}: ${refusal}`);
    };
  }

  /** Resolves when no look under a lease is under way. */
  async drained(lease: string): Promise<void> {
    const looks = [...this.#looks.values()].filter(({ permit }) => permit.lease === lease);
    await Promise.all(looks.map(({ ended }) => ended));
  }

  #refusalOf(app: string): string | undefined {
    const { shards, serverOf, destinationOf } = this.#options;
    const look = this.#looks.get(app);
    if (look === undefined) return 'no look at it is under way';
    if (!look.permit.isValid()) return 'another controller may serve its cluster by now';
    const now = destinationOf(app);
    if (now === undefined || isSame(now, look.destination) || shards.serves(serverOf(now))) return undefined;
    return 'it went to a cluster that another controller serves';
  }
}

const isSame = (a: ApplicationDestination, b: ApplicationDestination): boolean =>
  a === b || (a.server === b.server && a.name === b.name);
