import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../api/api.ts';
import { isApiError } from '../../api/api-error.ts';
import type { AppRef } from '../../api/applications.ts';
import { defineCommand } from '../../program/definition.ts';
import { parseAppRef } from '../app/app-ref.ts';
import { appsetNamespace } from './flags.ts';

const POLL_MS = 250;

export const command = defineCommand({
  usage: 'APPSETNAME...',
  args: { min: 1, max: Infinity },
  description:
    'Deletes application sets, and with them the applications that they have. On a terminal it asks first.',
  flags: {
    wait: { kind: 'switch', describe: 'Wait until they are gone' },
    yes: { kind: 'switch', short: 'y', describe: "Don't ask" },
    'appset-namespace': appsetNamespace,
  },
  examples: [
    { what: 'Delete one without being asked, and wait', line: 'tiphys appset delete shops -y --wait' },
  ],
  async run({ connect, out, prompter }, { args, flags }) {
    const refs = args.map((shown) => ({ shown, ref: parseAppRef(shown, flags['appset-namespace']) }));
    const api = await connect();
    for (const { shown, ref } of refs) {
      const question = `Delete the application set '${shown}' and all its applications`;
      if (!flags.yes && prompter.isInteractive && !(await prompter.confirm(question))) {
        out.line(`applicationset '${shown}' was not deleted`);
        continue;
      }
      await api.applicationSets.delete(ref);
      if (flags.wait) await untilGone(api, ref);
      out.line(`applicationset '${shown}' deleted`);
    }
    return 0;
  },
});

async function untilGone({ applicationSets }: Api, ref: AppRef): Promise<void> {
  for (;;) {
    try {
      await applicationSets.get(ref);
    } catch (error) {
      if (isApiError(error, 'not-found', 'permission-denied')) return;
      throw error;
    }
    await pause(POLL_MS);
  }
}
