import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import { sessionsFolder } from '@tiphys/testing/recordings';
import { methodOf, recordedCalls } from '@tiphys/testing/recordings/calls';
import type { RecordedCall } from '@tiphys/testing/recordings/calls';
import { differences, recordingsPresent } from '@tiphys/testing/recordings/exchanges';
import { invocations } from '@tiphys/testing/recordings/invocations';
import { approvedNow, comparable, isSameText, withoutEarlyStatus } from '../recorded-client/comparison.ts';
import { givenRecordedWorld } from '../recorded-client/given.ts';
import type { RecordedWorld } from '../recorded-client/given.ts';
import { EVERYWHERE, OTHERWISE } from '../recorded-client/known.ts';
import { MEANWHILE, projectAt } from '../recorded-client/meanwhile.ts';

/** The recorded commands about Applications, one life of them from the first to the last. */
const [FIRST, LAST] = [402, 682];
/** How long what is read may take to become what was recorded. */
const DEADLINE_MS = 8_000;
/** Streams are shown elsewhere. */
const STREAM = /\/(?:Watch|WatchResourceTree|PodLogs|GetManifestsWithFiles)$/u;
const READ = /\/(?:Get\w*|List\w*|ManagedResources|ResourceTree|ServerSideDiff)$/u;
const START = /\/(?:Sync|Rollback)$/u;

const commands = invocations(FIRST, LAST);
const everyCall = recordedCalls('cli', FIRST, LAST);
let recorded: RecordedWorld;

/** Where the answer to a recorded call differs from the recorded one. */
async function differencesOf(call: RecordedCall, person: string): Promise<readonly string[]> {
  const { path, status, response } = call;
  const method = methodOf(path);
  const request = recorded.here(decodeProto(method.request, call.request) as JsonObject);
  const message = recorded.here(call.message);
  const answer = await recorded.call(person, path, approvedNow(request));
  if (answer.status !== status || (status !== 0 && !isSameText(message, answer.message))) {
    return [`${path}: ${answer.status} ${answer.message} instead of ${status} ${message}`];
  }
  if (status !== 0 || response === undefined) return [];
  const translated = recorded.here(decodeProto(method.response, response) as JsonObject);
  const wanted = decodeProto(method.response, Buffer.from(encodeProto(method.response, translated)));
  const [left, right] = withoutEarlyStatus(comparable(wanted), comparable(answer.response));
  return differences(left, right)
    .map((text) => `${path}${text}`)
    .filter((text) => !EVERYWHERE.some(([pattern]) => pattern.test(text)));
}

/** The same, of something that may take a while to become what it was. */
async function lastingDifferences(call: RecordedCall, person: string): Promise<readonly string[]> {
  let found: readonly string[] = [];
  const look = async (): Promise<number> => (found = await differencesOf(call, person)).length;
  await expect
    .poll(look, { timeout: DEADLINE_MS, interval: 100 })
    .toBe(0)
    .catch(() => undefined);
  return found;
}

describe.runIf(recordingsPresent())('a recorded client', () => {
  beforeAll(async () => {
    recorded = await givenRecordedWorld(sessionsFolder, projectAt(FIRST));
  });
  afterAll(async () => {
    await recorded.close();
  });

  it.each(commands.map(({ name, argv }) => [name, OTHERWISE[name] ?? 'as recorded', argv] as const))(
    '%s: %s',
    async (name, _how, argv) => {
      const context = argv.indexOf('--argocd-context');
      const person = (context < 0 ? undefined : argv[context + 1]) ?? 'admin';
      await MEANWHILE[name.slice(0, 3)]?.(recorded);
      const all = everyCall.filter((call) => call.name === name);
      const unary = all.filter(({ path }) => !STREAM.test(path));
      for (const [index, call] of unary.entries()) {
        // What is read right after an operation was asked for shows it at one moment or another.
        if (START.test(unary[index - 1]?.path ?? '') && all.length > unary.length) continue;
        const isPatient = OTHERWISE[name] === undefined && READ.test(call.path);
        const found = await (isPatient ? lastingDifferences : differencesOf)(call, person);
        if (OTHERWISE[name] === undefined) expect(found).toEqual([]);
      }
    },
  );
});
