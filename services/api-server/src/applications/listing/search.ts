import { sourcesOf } from '@tiphys/model';
import type { Application } from '@tiphys/model';
import { projectOf } from '../finder.ts';

/** Selects Applications in whose texts each word of a search occurs, whatever its case. Undefined for no word. */
export function searchFilter(search: string): ((app: Application) => boolean) | undefined {
  const words = search
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return undefined;
  return (app) => {
    // No word has white space in it, so that none reaches from one text into the next.
    const text = searchedTexts(app).join('\n').toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** Name, namespace, project, destination, repositories, paths and charts, labels. */
function searchedTexts(app: Application): readonly string[] {
  const { name = '', namespace = '', labels = {} } = app.metadata;
  const { destination } = app.spec;
  return [
    name,
    namespace,
    projectOf(app),
    ...[destination.server, destination.name, destination.namespace].map((text) => text ?? ''),
    ...sourcesOf(app.spec).flatMap((source) => [source.repoURL, source.path ?? '', source.chart ?? '']),
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
  ];
}
