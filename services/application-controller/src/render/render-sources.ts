import {
  annotations,
  messageOf,
  TiphysError,
  type Application,
  type ApplicationSource,
  type JsonObject,
  type Repository,
  type SourceType,
} from '@tiphys/model';
import type { RenderOptions, RenderRequest, RenderSource, RepoServer, SignatureProblem } from '@tiphys/ports';
import {
  decryptionKeysOf,
  integrityMessage,
  isSourcePermitted,
  type ResolvedDestination,
  type SignatureDemand,
} from '@tiphys/project-policy';
import type { AppProject } from '@tiphys/model';

/** What to render: the sources of the spec, or those that an operation names, at given revisions or at the newest. */
export interface RenderOrder {
  readonly app: Application;
  readonly project: AppProject;
  readonly sources: readonly ApplicationSource[];
  /** One for each source; absent: the newest of `targetRevision`. */
  readonly revisions?: readonly string[];
  readonly destination: ResolvedDestination;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly refreshRevision: boolean;
  readonly noCache: boolean;
}

/** All objects of an Application and where they came from. */
export interface Rendered {
  readonly objects: readonly JsonObject[];
  readonly contentHash: string;
  /** One for each source. */
  readonly revisions: readonly string[];
  readonly sourceTypes: readonly (SourceType | '')[];
  /** Where sources are not signed as the project demands, as users read it; nothing may be synced then. */
  readonly integrity: readonly string[];
}

export interface RenderSettings {
  readonly repositoryOf: (source: ApplicationSource, project: string) => Repository;
  readonly helmRepositories: (project: string) => readonly Repository[];
  readonly options: RenderOptions;
  /** What a source of a project must prove; undefined for nothing. */
  readonly signatureOf: (source: ApplicationSource, project: AppProject) => SignatureDemand | undefined;
  /** `<name>`, or `<namespace>_<name>` outside the control plane's namespace. */
  readonly instanceOf: (app: Application) => string;
}

/** Renders every source of an order. Fails with the message of the first source that cannot be rendered. */
export async function renderSources(
  repoServer: RepoServer,
  order: RenderOrder,
  settings: RenderSettings,
): Promise<Rendered> {
  const results = await Promise.all(rendersOf(order, settings).map((one) => renderOne(repoServer, one)));
  return {
    objects: results.flatMap(({ objects }) => objects),
    contentHash: results.map(({ contentHash }) => contentHash).join('\n'),
    revisions: results.map(({ revision }) => revision),
    sourceTypes: results.map(({ sourceType }) => sourceType),
    integrity: [...new Set(results.flatMap(({ problems }, index) => messagesOf(problems, index, order)))],
  };
}

/** What would be asked of the repo-server. Errors: `permission-denied` for a source that the project forbids. */
export const renderRequests = (order: RenderOrder, settings: RenderSettings): readonly RenderRequest[] =>
  rendersOf(order, settings).map(requestFor);

function rendersOf(order: RenderOrder, settings: RenderSettings): readonly OneRender[] {
  const located = order.sources.map((source, index) => locate(source, order, { settings, index }));
  const refSources = Object.fromEntries(
    located.filter(({ source }) => isPresent(source.ref)).map((entry) => [entry.source.ref ?? '', entry]),
  );
  return located.map((entry, index) => ({ entry, order, settings, refSources, index }));
}

/** A problem of a source that lends files is told of that source. */
const messagesOf = (
  problems: readonly SignatureProblem[],
  index: number,
  { sources }: RenderOrder,
): readonly string[] =>
  problems.map(({ ref, problem }) => {
    const at = ref === '' ? index : sources.findIndex((source) => source.ref === ref);
    return integrityMessage(problem, { name: sources[at]?.name ?? '', index: at, count: sources.length });
  });

/** An Application that names no project is in `default`, with what is lent to that. */
const nameOf = ({ metadata }: AppProject): string => metadata.name ?? '';

const isPresent = (text: string | undefined): boolean => text !== undefined && text !== '';

function locate(
  source: ApplicationSource,
  order: RenderOrder,
  { settings, index }: { settings: RenderSettings; index: number },
): RenderSource {
  // The last gate before a render: the project may have changed since the spec was accepted.
  if (!isSourcePermitted(order.project.spec, source)) {
    throw new TiphysError(
      'permission-denied',
      `application repo ${source.repoURL} is not permitted in project '${nameOf(order.project)}'`,
    );
  }
  const revision = order.revisions?.[index];
  const signature = settings.signatureOf(source, order.project);
  return {
    source,
    repository: settings.repositoryOf(source, nameOf(order.project)),
    ...(isPresent(revision) && revision !== undefined ? { revision } : {}),
    ...(signature === undefined ? {} : { signature }),
  };
}

interface OneRender {
  readonly entry: RenderSource;
  readonly order: RenderOrder;
  readonly settings: RenderSettings;
  readonly refSources: Readonly<Record<string, RenderSource>>;
  readonly index: number;
}

interface OneResult {
  readonly objects: readonly JsonObject[];
  readonly contentHash: string;
  readonly revision: string;
  readonly sourceType: SourceType | '';
  readonly problems: readonly SignatureProblem[];
}

async function renderOne(repoServer: RepoServer, one: OneRender): Promise<OneResult> {
  const { entry, order, index } = one;
  try {
    if (isOnlyRef(entry.source)) {
      const revision =
        entry.revision ?? (await repoServer.resolveRevision(entry, { refresh: order.refreshRevision }));
      const problems = await problemsOfRef(repoServer, { ...entry, revision });
      return { objects: [], contentHash: revision, revision, sourceType: '', problems };
    }
    const rendered = await repoServer.render(requestFor(one));
    return { ...rendered, problems: rendered.signatureProblems ?? unchecked(one) };
  } catch (error) {
    const place = `failed to generate manifest for source ${index + 1} of ${order.sources.length}`;
    throw new TiphysError('failed-precondition', `${place}: ${messageOf(error)}`, { cause: error });
  }
}

/** Nobody looked: a demand is not met by silence. */
const unchecked = ({ entry, refSources }: OneRender): readonly SignatureProblem[] =>
  [entry, ...Object.values(refSources)].some(({ signature }) => signature !== undefined)
    ? [{ ref: '', problem: 'Failed verifying the revision: the repo-server did not look at signatures' }]
    : [];

async function problemsOfRef(
  repoServer: RepoServer,
  source: RenderSource & { readonly revision: string },
): Promise<readonly SignatureProblem[]> {
  if (source.signature === undefined) return [];
  return (await repoServer.verifyRevision(source)).map((problem) => ({ ref: '', problem }));
}

/** A source that only lends its files to others. */
const isOnlyRef = (source: ApplicationSource): boolean =>
  isPresent(source.ref) && !isPresent(source.path) && !isPresent(source.chart);

const requestFor = ({ entry, order, settings, refSources }: OneRender): RenderRequest => ({
  ...entry,
  appName: settings.instanceOf(order.app),
  appNamespace: order.app.metadata.namespace ?? '',
  project: nameOf(order.project),
  destinationNamespace: order.destination.namespace,
  destinationServer: order.destination.server,
  kubeVersion: order.kubeVersion,
  apiVersions: order.apiVersions,
  refSources,
  // Charts may depend on others: no login is lent for a repository that the project does not permit.
  helmRepositories: settings
    .helmRepositories(nameOf(order.project))
    .filter(({ url }) => isSourcePermitted(order.project.spec, { repoURL: url })),
  options: { ...settings.options, ...decryptionOf(order.project) },
  refreshRevision: order.refreshRevision,
  noCache: order.noCache,
  ...generatePathsOf(order.app),
});

function decryptionOf(project: AppProject): Pick<RenderOptions, 'decryptionKeys'> {
  const decryptionKeys = decryptionKeysOf(project);
  return decryptionKeys === undefined ? {} : { decryptionKeys };
}

/** A plugin may get no more than the files that these paths name. */
function generatePathsOf({ metadata }: Application): Pick<RenderRequest, 'manifestGeneratePaths'> {
  const paths = metadata.annotations?.[annotations.manifestGeneratePaths];
  return isPresent(paths) && paths !== undefined ? { manifestGeneratePaths: paths } : {};
}
