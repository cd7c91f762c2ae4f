import type { Api } from '../../api/api.ts';
import type { AppRef } from '../../api/applications.ts';
import type { AppSet } from '../../api/schemas/application-set.ts';
import type { Terminal } from '../../output/terminal.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

/** Waits until the controller says that all Applications are as they should be; tells what keeps it from that. */
export async function waitUntilUpToDate(api: Api, ref: AppRef, err: Terminal): Promise<void> {
  let told = '';
  for await (const { type, applicationSet } of api.applicationSets.watch(ref)) {
    if (type === 'DELETED') {
      throw new Failure(`The application set '${ref.name}' was deleted.`, { exitCode: exitCodes.general });
    }
    if (messageOf(applicationSet, 'ResourcesUpToDate') !== undefined) return;
    const problem = messageOf(applicationSet, 'ErrorOccurred') ?? '';
    if (problem !== '' && problem !== told) err.line(`It is not up to date: ${problem}`);
    told = problem;
  }
}

/** The message of a condition that holds; undefined for one that does not. */
const messageOf = ({ status }: AppSet, type: string): string | undefined => {
  const found = status?.conditions?.find((condition) => condition.type === type);
  return found?.status === 'True' ? (found.message ?? '') : undefined;
};
