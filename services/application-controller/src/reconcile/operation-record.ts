import type { Application, OperationState } from '@tiphys/model';
import { failpoint } from '@tiphys/runtime/failpoints';
import type { AppChange, AppWriter } from '../store/app-writer.ts';

/** An Application while its operation is taken on, as it was last written. */
export class OperationRecord {
  /** Undefined once it is gone. */
  app: Application | undefined;
  readonly #writer: Pick<AppWriter, 'write'>;

  constructor(writer: Pick<AppWriter, 'write'>, app: Application) {
    this.#writer = writer;
    this.app = app;
  }

  /** Whether somebody asked for its end. */
  get isStopped(): boolean {
    return this.app?.status?.operationState?.phase === 'Terminating';
  }

  /** Puts the state of an operation that goes on on record. An end that somebody asked for meanwhile stays asked for. */
  async persist(state: OperationState): Promise<void> {
    failpoint('operation-persist-before');
    const operationState: OperationState = this.isStopped ? { ...state, phase: 'Terminating' } : state;
    await this.write({ status: { ...this.app?.status, operationState } });
    failpoint('operation-persist-after');
  }

  async write(change: AppChange): Promise<void> {
    if (this.app !== undefined) this.app = await this.#writer.write(this.app, change);
  }
}
