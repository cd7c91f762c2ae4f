import type { AppPage, PageFilter } from '../../api/applications.ts';
import type { App } from '../../api/schemas/application.ts';
import type { Terminal } from '../../output/terminal.ts';
import type { FlagSet, FlagValues } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

/** Flags of lists that the server sorts, filters and cuts into pages. */
export const pageFlags = {
  limit: { kind: 'integer', default: 0, describe: 'At most so many; 0 shows all' },
  continue: { kind: 'text', describe: 'Go on behind the page that showed this token', placeholder: 'token' },
  'sort-by': {
    kind: 'text',
    describe:
      'Order: name, namespace, project, cluster, destinationNamespace, created, synced, reconciled, health or sync; several between commas, a leading - for descending',
    placeholder: 'keys',
  },
  search: {
    kind: 'text',
    describe: 'Only applications with these words in name, project, destination, repository or labels',
    placeholder: 'words',
  },
  health: { kind: 'list', describe: 'Only applications of this health', placeholder: 'status' },
  'sync-status': { kind: 'list', describe: 'Only applications of this sync status', placeholder: 'status' },
  'dest-namespace': {
    kind: 'list',
    describe: 'Only applications that deploy to this namespace',
    placeholder: 'namespace',
  },
} as const satisfies FlagSet;

type Flags = FlagValues<typeof pageFlags> & {
  readonly repo: string | undefined;
  readonly path: string | undefined;
  readonly cluster: string | undefined;
};

/** What the server is asked for. What it cuts into pages it has to filter itself. */
export function pageFilter(flags: Flags): PageFilter {
  const { limit, search, repo, cluster } = flags;
  const paged = limit > 0;
  if (paged && flags.path !== undefined) {
    throw new Failure('--limit cannot be used with --path, which is looked at here and not in the server', {
      exitCode: exitCodes.general,
      hints: ['Use --search for the path, or leave --limit out.'],
    });
  }
  return {
    ...(paged ? { limit } : {}),
    ...(paged && repo !== undefined ? { repo } : {}),
    ...(paged && cluster !== undefined ? { cluster: [cluster] } : {}),
    ...(flags.continue === undefined ? {} : { continue: flags.continue }),
    ...(flags['sort-by'] === undefined ? {} : { sort: flags['sort-by'] }),
    ...(search === undefined ? {} : { search }),
    health: flags.health,
    syncStatus: flags['sync-status'],
    destinationNamespace: flags['dest-namespace'],
  };
}

/** A server that does not know these flags answers with everything: that is no answer to what was asked. */
export function checkPage({ apps }: AppPage, flags: Flags): void {
  const tooMany = flags.limit > 0 && apps.length > flags.limit;
  const others = apps.some((app) => !isWanted(app, flags));
  if (!tooMany && !others) return;
  throw new Failure('The server neither pages nor filters by status, and answered with everything', {
    exitCode: exitCodes.general,
    hints: [
      'Leave out --limit, --continue, --sort-by, --search, --health, --sync-status and --dest-namespace.',
    ],
  });
}

function isWanted({ spec, status }: App, flags: Flags): boolean {
  const fits = (wanted: readonly string[], value: string): boolean =>
    wanted.length === 0 ||
    wanted.flatMap((text) => text.split(',')).some((one) => one.trim().toLowerCase() === value.toLowerCase());
  const namespaces = flags['dest-namespace'];
  return (
    fits(flags.health, status?.health?.status || 'Unknown') &&
    fits(flags['sync-status'], status?.sync?.status || 'Unknown') &&
    (namespaces.length === 0 || namespaces.includes(spec.destination?.namespace ?? ''))
  );
}

/** Says how to see the rest, apart from the output so that scripts read only applications. */
export function tellOfMore(err: Terminal, page: AppPage): void {
  if (page.continue === undefined) return;
  err.line(`${String(page.remaining)} more: the same command with --continue ${page.continue}`);
}
