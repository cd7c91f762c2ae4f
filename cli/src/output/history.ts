import type { AppHistory, AppSource } from '../api/schemas/application.ts';
import { revisionText } from './revision.ts';
import { formatTable, type Row } from './table.ts';
import { goTime } from './time.ts';

interface Deployed {
  readonly repo: string;
  readonly row: Row;
}

/** As wide as the word above it. */
const header: Row = ['ID'.padEnd('SOURCE'.length), 'DATE', 'REVISION'];

/** What was deployed when: one table for each repository. */
export function formatHistory(entries: readonly AppHistory[]): string {
  const deployed = entries.flatMap(deployments);
  const repos = [...new Set(deployed.map(({ repo }) => repo))];
  const tables = repos.map((repo) => {
    const rows = deployed.filter((one) => one.repo === repo).map(({ row }) => row);
    return `SOURCE  ${repo}\n${formatTable([header, ...rows])}`;
  });
  return tables.join('\n');
}

function deployments(entry: AppHistory): readonly Deployed[] {
  const several = entry.sources ?? [];
  if (several.length === 0) return entry.source ? [deployment(entry, entry.source, entry.revision)] : [];
  return several.map((source, index) => deployment(entry, source, entry.revisions?.[index]));
}

const deployment = (entry: AppHistory, source: AppSource, revision: string | null | undefined): Deployed => ({
  repo: source.repoURL ?? '',
  row: [String(entry.id ?? 0), goTime(entry.deployedAt), revisionText(source.targetRevision ?? '', revision)],
});
