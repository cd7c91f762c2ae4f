import type { ServerResponse } from 'node:http';
import { stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import { statusOf } from '../calls/status.ts';
import type { MethodShape } from '../schema/shape.ts';
import { drained } from './drained.ts';

const LOGS = '/application.ApplicationService/PodLogs';
/** Names as Kubernetes has them; nothing else may reach a header. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** True where a log is asked for as a file. */
export const isLogDownload = ({ path }: MethodShape, query: URLSearchParams): boolean =>
  path === LOGS && query.get('download') === 'true';

export interface LogDownload {
  /** Names what the file is called by. */
  readonly asked: JsonObject;
  readonly entries: AsyncIterable<JsonObject>;
}

/**
 * Answers with the lines of a log as a file. An error before the first line rejects; a later one breaks the
 * connection off, so that a part is never taken for the whole.
 */
export async function sendLog(response: ServerResponse, { asked, entries }: LogDownload): Promise<void> {
  try {
    for await (const entry of entries) {
      if (entry['last'] === true || response.destroyed) break;
      start(response, asked);
      if (!response.write(`${stringAt(entry, 'content') ?? ''}\n`)) await drained(response);
    }
  } catch (error) {
    if (!response.headersSent) throw error;
    response.destroy(new Error(statusOf(error).message));
    return;
  }
  start(response, asked);
  response.end();
}

function start(response: ServerResponse, asked: JsonObject): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${fileName(asked)}.log"`,
    'X-Content-Type-Options': 'nosniff',
  });
}

/** `<namespace>-<pod>-<container>` where all are given and are names, `log` otherwise. */
function fileName(asked: JsonObject): string {
  const parts = ['namespace', 'podName', 'container'].map((key) => stringAt(asked, key) ?? '');
  return parts.every((part) => NAME.test(part)) ? parts.join('-') : 'log';
}
