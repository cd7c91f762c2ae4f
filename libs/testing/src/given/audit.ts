import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { privateFolder } from '../processes/index.ts';

/** What an API server was asked to change and did: who wrote which object how. */
export interface AuditedWrite {
  readonly verb: string;
  readonly user: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** User-Agent; that of an application-controller names its pod. */
  readonly agent: string;
  /** When the request arrived, milliseconds since the epoch. */
  readonly at: number;
}

export interface AuditLog {
  /** For `kube: { auditLogPath }` of what is started with it. */
  readonly path: string;
  /** Writes that were done, in the order in which they ended, without dry runs. */
  writes(): Promise<readonly AuditedWrite[]>;
  /** What the application-controller wrote in a namespace, as `create jobs/migrate`. */
  ofController(namespace: string, verbs?: readonly string[]): Promise<readonly string[]>;
  remove(): Promise<void>;
}

interface AuditLine {
  readonly verb: string;
  readonly stage: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly userAgent?: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

const WRITES = new Set(['create', 'update', 'patch', 'delete']);

/** A place for the audit log of a test's API server; `remove` it in the end. */
export async function auditLog(): Promise<AuditLog> {
  const folder = await privateFolder('audit');
  const path = join(folder.path, 'audit.log');
  const writes = async (): Promise<readonly AuditedWrite[]> =>
    linesOf(await readFile(path, 'utf8')).flatMap(writeOf);
  return {
    path,
    writes,
    ofController: async (namespace, verbs = ['create', 'delete']) =>
      (await writes())
        .filter(
          (write) =>
            write.namespace === namespace &&
            write.user.endsWith(':argocd-application-controller') &&
            verbs.includes(write.verb),
        )
        .map(({ verb, resource, name }) => `${verb} ${resource}/${name}`),
    remove: () => folder.remove(),
  };
}

/** The last line may be half written. */
const linesOf = (text: string): readonly AuditLine[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditLine);

function writeOf(line: AuditLine): readonly AuditedWrite[] {
  const { verb, stage, requestURI, user, objectRef = {}, responseStatus, userAgent: agent = '' } = line;
  const { resource = '', namespace = '', name = '', subresource } = objectRef;
  const isDone = stage === 'ResponseComplete' && (responseStatus?.code ?? 500) < 300;
  if (!isDone || !WRITES.has(verb) || subresource !== undefined || requestURI.includes('dryRun=')) return [];
  const at = Date.parse(line.requestReceivedTimestamp);
  return [{ verb, user: user.username, resource, namespace, name, agent, at }];
}
