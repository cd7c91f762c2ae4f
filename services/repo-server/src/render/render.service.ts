import type { RenderedBytes } from '@tiphys/adapter-grpc';
import { TiphysError } from '@tiphys/model';
import type { RenderRequest } from '@tiphys/ports';
import type { RevisionService } from '../revision/revision.service.ts';
import { isArtifact } from '../artifacts.ts';
import type { IntegrityService, VerifiedSource } from '../integrity/integrity.service.ts';
import { explained } from '../failures.ts';
import type { ArtifactPlanner } from './artifact-planner.ts';
import type { Decryption, Opening } from './decryption.ts';
import type { GitPlanner } from './git-planner.ts';
import type { Limiter } from './limiter.ts';
import type { RenderPlan } from './plan.ts';
import { toRendered, toSecret, type RenderCache, type Rendered } from './render-cache.ts';

export interface RenderServiceOptions {
  readonly revisions: RevisionService;
  readonly git: GitPlanner;
  readonly artifacts: ArtifactPlanner;
  readonly cache: RenderCache;
  readonly limiter: Limiter;
  readonly integrity: IntegrityService;
  /** Undefined where encrypted files are not looked for. */
  readonly decryption: Decryption | undefined;
}

/** Renders one source: resolve its revision, see what the render reads, take the outcome from the cache or make it. */
export class RenderService {
  readonly #options: RenderServiceOptions;

  constructor(options: RenderServiceOptions) {
    this.#options = options;
  }

  async render(request: RenderRequest): Promise<RenderedBytes> {
    const { revisions, git, artifacts, cache, limiter, integrity, decryption } = this.#options;
    const revision = await revisions.resolve(request, {
      refresh: request.refreshRevision || request.noCache,
    });
    return located(request, revision, async () => {
      const planner = isArtifact(request.source, request.repository) ? artifacts : git;
      const plan = await planner.plan(request, revision);
      const freshness = { noCache: request.noCache, retryFailures: request.refreshRevision };
      const signatureProblems = await integrity.problemsOfAll(verifiedSources(request, plan), {
        isFresh: request.noCache,
      });
      const opening = plan.sourceType === 'Plugin' ? undefined : await decryption?.of(request);
      const { objectsJson, contentHash } = await cache.get(named(plan, opening), freshness, () =>
        limiter.run(() => execute(plan, opening)),
      );
      return {
        objectsJson,
        contentHash,
        revision: plan.revision,
        sourceType: plan.sourceType,
        refRevisions: plan.refRevisions,
        signatureProblems,
      };
    });
  }
}

/** What the render reads from, each at the revision that it is read at. */
function verifiedSources(request: RenderRequest, plan: RenderPlan): Readonly<Record<string, VerifiedSource>> {
  const refs = Object.entries(plan.refRevisions).flatMap(([ref, revision]) => {
    const source = request.refSources[ref] ?? request.refSources[`$${ref}`];
    return source === undefined ? [] : [[ref, { ...source, revision }] as const];
  });
  return { ...Object.fromEntries(refs), '': { ...request, revision: plan.revision } };
}

/** The plan by all that its outcome depends on. */
const named = (plan: RenderPlan, opening: Opening | undefined): RenderPlan =>
  opening === undefined
    ? plan
    : {
        ...plan,
        content: [...plan.content, opening.content],
        place: `${plan.place} ${opening.place}`,
      };

async function execute(plan: RenderPlan, opening: Opening | undefined): Promise<Rendered> {
  if (opening === undefined) return toRendered(await plan.render(undefined));
  try {
    const objects = await plan.render(opening.decryptor);
    return opening.hasOpened() ? toSecret(objects, opening.digest) : toRendered(objects);
  } catch (error) {
    throw opening.redacted(error);
  }
}

/** Says of every failure in which repository, path and revision it was. */
async function located<T>(request: RenderRequest, revision: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (thrown) {
    const error = explained(thrown);
    if (!(error instanceof TiphysError)) throw error;
    const { source, repository } = request;
    const what = source.chart === undefined ? `path ${source.path ?? '.'}` : `chart ${source.chart}`;
    throw new TiphysError(
      error.code,
      `${error.message} (${what} of ${withoutUser(repository.url)} at ${revision.slice(0, 40)})`,
      { cause: error, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) },
    );
  }
}

const withoutUser = (url: string): string => url.replace(/^(https?:\/\/)[^/@]*@/, '$1');
