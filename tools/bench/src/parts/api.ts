import type { BenchContext } from '../bench-context.ts';
import { createCompared } from '../measures/creation.ts';
import { measureLists, type Lists } from '../measures/lists.ts';
import { measureLogins, type Logins } from '../measures/logins.ts';
import { measureRights } from '../measures/rights.ts';
import { measureStreams, type Streams } from '../measures/streams.ts';
import type { Latency } from '../statistics.ts';

/** What callers of the API wait for; latencies in milliseconds. */
export interface ApiFigures {
  readonly apps: number;
  readonly objectsPerApp: number;
  readonly lists: Lists;
  readonly streams: Streams;
  readonly logins: Logins;
  /** Of one decision under many policies. */
  readonly rights: Latency;
}

/** The API over many Applications that are compared and not synced. */
export async function measureApiPart(context: BenchContext): Promise<ApiFigures> {
  const { report, layout, applications } = context;
  const rights = measureRights();
  report('creating the Applications');
  await createCompared(context);
  await applications.untilTold();
  report('measuring: lists');
  const lists = await measureLists(context);
  report('measuring: streams');
  const streams = await measureStreams(context);
  report('measuring: logins');
  const logins = await measureLogins(context);
  return { apps: layout.apps, objectsPerApp: layout.objectsPerApp, lists, streams, logins, rights };
}
