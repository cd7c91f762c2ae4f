import { isJsonObject, type JsonObject } from '@tiphys/model';
import { sourcesOf, type App } from '../../api/schemas/application.ts';
import type { FlagSet } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

/** Flags that say which of several sources a command is about. */
export const sourceFlags = {
  'source-position': { kind: 'integer', default: -1, describe: 'The source to change, counted from 1' },
  'source-name': { kind: 'text', describe: 'The source to change, by its name' },
} as const satisfies FlagSet;

export interface SourceChoice {
  /** Counted from 1; anything below chooses by name, or the only source. */
  readonly position: number;
  readonly name: string | undefined;
}

const refused = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

/** The place of the chosen source in `sources`, counted from 0; undefined for an application that has `source`. */
export function placeOf(app: App, { position, name }: SourceChoice): number | undefined {
  if (name !== undefined && position > 0)
    throw refused('Only one of source-position and source-name can be specified.');
  const several = app.spec.sources ?? [];
  if (name !== undefined) {
    const found = sourcesOf(app).findIndex((source) => source.name === name);
    if (found === -1) throw refused(`Unknown source name '${name}'`);
    return several.length === 0 ? undefined : found;
  }
  if (several.length === 0) return undefined;
  if (position <= 0)
    throw refused(
      'Source position should be specified and must be greater than 0 for applications with multiple sources',
    );
  if (position > several.length)
    throw refused('Source position should be less than the number of sources in the application');
  return position - 1;
}

/** A spec in which one source is changed; the change sees it as `source`, with the rest of the spec beside it. */
export function changeSource(
  spec: JsonObject,
  place: number | undefined,
  change: (spec: JsonObject) => JsonObject,
): JsonObject {
  if (place === undefined) return change(spec);
  const { sources, source: alone, ...rest } = spec;
  const list = Array.isArray(sources) ? (sources as readonly JsonObject[]) : [];
  const { source: changed, ...others } = change({ ...rest, source: list[place] ?? {} });
  return {
    ...others,
    ...(alone === undefined ? {} : { source: alone }),
    sources: list.with(place, isJsonObject(changed) ? changed : {}),
  };
}
