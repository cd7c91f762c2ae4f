import { TiphysError, arrayAt, hasMultipleSources, isAutomated, sourcesOf, stringAt } from '@tiphys/model';
import type { Application, ApplicationSource, JsonObject } from '@tiphys/model';

/** The sources of a sync: as the operation names them, and as they are asked for a revision. */
export interface SyncSources {
  readonly multiple: boolean;
  readonly all: readonly { readonly source: ApplicationSource; readonly asked: ApplicationSource }[];
}

/**
 * The sources of an Application with the revisions that a request asks for.
 * @throws TiphysError `failed-precondition` where auto-sync follows another revision, `invalid` for positions that
 * do not exist.
 */
export function sourcesToSync(app: Application, request: JsonObject, dryRun: boolean): SyncSources {
  const sources = sourcesOf(app.spec);
  const multiple = hasMultipleSources(app.spec);
  const wanted = multiple ? byPosition(request, sources.length) : single(request);
  const all = sources.map((source, index) => {
    const revision = wanted.get(index) ?? '';
    if (revision !== '') refuseUnderAutoSync(app, { source, revision, dryRun });
    return { source, asked: revision === '' ? source : { ...source, targetRevision: revision } };
  });
  return { multiple, all };
}

const single = (request: JsonObject): ReadonlyMap<number, string> =>
  new Map([[0, stringAt(request, 'revision') ?? '']]);

function byPosition(request: JsonObject, count: number): ReadonlyMap<number, string> {
  const positions = arrayAt(request, 'sourcePositions');
  const revisions = arrayAt(request, 'revisions');
  if (positions.length !== revisions.length) {
    throw new TiphysError('invalid', 'source positions and revisions must be of the same number');
  }
  return new Map(
    positions.map((position, index) => {
      const at = Number(position);
      if (!(at >= 1 && at <= count)) {
        throw new TiphysError('invalid', `source position ${at} is not between 1 and ${count}`);
      }
      const revision = revisions[index];
      return [at - 1, typeof revision === 'string' ? revision : ''];
    }),
  );
}

function refuseUnderAutoSync(
  app: Application,
  { source, revision, dryRun }: { source: ApplicationSource; revision: string; dryRun: boolean },
): void {
  const current = source.targetRevision ?? '';
  if (dryRun || !isAutomated(app.spec) || revision === (current === '' ? 'HEAD' : current)) return;
  throw new TiphysError(
    'failed-precondition',
    `Cannot sync to ${revision}: auto-sync currently set to ${current === '' ? 'HEAD' : current}`,
  );
}
