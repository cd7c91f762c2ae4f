import { TiphysError } from '@tiphys/model';

const OLDEST = [1, 4, 0] as const;
const TOO_OLD = new Set(['grpc-go/1.15.0', 'grpc-go/1.10.0']);

/** Refuses clients of this API that are too old to know it. @throws TiphysError `failed-precondition` */
export function checkUserAgent(userAgent: string | undefined): void {
  const agent = userAgent ?? '';
  const version = /\bargocd-client\/v?(\d+)\.(\d+)\.(\d+)/.exec(agent);
  const old = version ? isOlder(version.slice(1).map(Number)) : TOO_OLD.has(agent.trim());
  if (!old) return;
  const found = version ? version.slice(1).join('.') : agent;
  throw new TiphysError(
    'failed-precondition',
    `the client version ${found} is too old: this server needs argocd-client ${OLDEST.join('.')} or newer`,
  );
}

function isOlder(version: readonly number[]): boolean {
  for (const [index, least] of OLDEST.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
