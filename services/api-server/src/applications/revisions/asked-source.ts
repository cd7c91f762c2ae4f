import { TiphysError, sourcesOf, valueAt } from '@tiphys/model';
import type { Application, ApplicationSource, JsonObject } from '@tiphys/model';

const unknown = (message: string): TiphysError => new TiphysError('unknown', message);

/**
 * The source that a query is about: `versionId` names a deployment of the history, else it is the Application as it
 * is; `sourceIndex` counts from 0, the first where it is absent.
 */
export function askedSource(app: Application, query: JsonObject): ApplicationSource {
  const sources = sourcesAt(app, valueAt(query, 'versionId'));
  const index = Number(valueAt(query, 'sourceIndex') ?? 0);
  const source = sources[index];
  if (source !== undefined) return source;
  throw unknown(
    sources.length === 1
      ? `source index ${String(index)} not found because there is only 1 source`
      : `source index ${String(index)} not found because there are only ${String(sources.length)} sources`,
  );
}

function sourcesAt(app: Application, version: unknown): readonly ApplicationSource[] {
  if (version === undefined || version === null) return sourcesOf(app.spec);
  const id = Number(version);
  const entry = (app.status?.history ?? []).find((each) => each.id === id);
  if (entry === undefined)
    throw unknown(`version ID ${String(id)} not found in the history of the application`);
  if ((entry.sources?.length ?? 0) > 0) return entry.sources ?? [];
  return entry.source === undefined ? [] : [entry.source];
}
