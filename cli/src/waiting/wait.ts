import type { Api } from '../api/api.ts';
import type { AppRef } from '../api/applications.ts';
import type { App } from '../api/schemas/application.ts';
import { watchApplication } from '../api/watch.ts';
import { exitCodes, Failure } from '../program/failure.ts';

export interface WaitOptions {
  readonly api: Api;
  readonly ref: AppRef;
  /** The application as it is in the end, once it is what was waited for; undefined to go on. */
  readonly settle: (app: App) => Promise<App | undefined>;
  /** Called with each state, the last one too. */
  readonly onState: (app: App) => void;
  readonly signal?: AbortSignal;
}

/** Follows an application until it is what was waited for. Fails where it is deleted meanwhile, or by the signal. */
export async function waitForApp({ api, ref, settle, onState, signal }: WaitOptions): Promise<App> {
  for await (const { type, application } of watchApplication(api.transport, ref, signal)) {
    if (type === 'DELETED')
      throw new Failure(`The application ${ref.name} was deleted while it was waited for.`, {
        exitCode: exitCodes.general,
      });
    onState(application);
    const settled = await settle(application);
    if (settled !== undefined) return settled;
  }
  throw new Failure(`The watch of the application ${ref.name} ended.`, { exitCode: exitCodes.general });
}
