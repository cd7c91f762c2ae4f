import { TiphysError, stringAt } from '@tiphys/model';
import type { Application, ApplicationSource, JsonObject } from '@tiphys/model';
import { GIT_GPG } from '@tiphys/project-policy';
import type { ArtifactMetadata, RevisionMetadata } from '@tiphys/ports';
import type { Caller, Handlers } from '../../api/handlers.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import { plainFailure } from '../plain-failure.ts';
import type { AppRenderer } from '../renderer.ts';
import { askedSource } from './asked-source.ts';

export interface RevisionServiceParts {
  readonly finder: AppFinder;
  readonly renderer: Pick<AppRenderer, 'revisionMetadata' | 'artifactMetadata'>;
}

interface Asked {
  readonly app: Application;
  readonly source: ApplicationSource;
  readonly revision: string;
}

/** Who made a revision of an Application's source, when and why. Nothing is told to those who may not see it. */
export class RevisionService {
  readonly #parts: RevisionServiceParts;

  constructor(parts: RevisionServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/RevisionMetadata': (request, caller) =>
        this.#metadata(this.#asked(request, caller)),
      '/application.ApplicationService/RevisionChartDetails': (request, caller) =>
        this.#chart(this.#asked(request, caller)),
      '/application.ApplicationService/GetOCIMetadata': (request, caller) =>
        this.#artifact(this.#asked(request, caller)),
    },
  };

  #asked(request: JsonObject, { claims }: Caller): Asked {
    const app = this.#parts.finder.find(claims, refIn(request));
    return { app, source: askedSource(app, request), revision: stringAt(request, 'revision') ?? '' };
  }

  async #metadata({ app, source, revision }: Asked): Promise<JsonObject> {
    const { renderer } = this.#parts;
    return metadataMessage(
      await renderer.revisionMetadata(source, { project: app.spec.project, revision }).catch(plainFailure),
    );
  }

  async #chart({ app, source, revision }: Asked): Promise<JsonObject> {
    if ((source.chart ?? '') === '')
      throw new TiphysError('unknown', `no chart found for application: ${app.metadata.name ?? ''}`);
    const { chart } = await this.#artifactMetadata({ app, source, revision });
    return chart === undefined
      ? {}
      : { description: chart.description, home: chart.home, maintainers: [...chart.maintainers] };
  }

  async #artifact({ app, source, revision }: Asked): Promise<JsonObject> {
    if (!source.repoURL.startsWith('oci://'))
      throw new TiphysError('unknown', `no OCI artifact found for application: ${app.metadata.name ?? ''}`);
    const { annotations } = await this.#artifactMetadata({ app, source, revision });
    return Object.fromEntries(
      OCI_FIELDS.map(([field, name]) => [field, annotations[`org.opencontainers.image.${name}`] ?? '']),
    );
  }

  async #artifactMetadata({ app, source, revision }: Asked): Promise<ArtifactMetadata> {
    const { renderer } = this.#parts;
    return await renderer
      .artifactMetadata(source, { project: app.spec.project, revision })
      .catch(plainFailure);
  }
}

/** Fields of the reply, and the annotations (without their common prefix) that they are of. */
const OCI_FIELDS = [
  ['createdAt', 'created'],
  ['authors', 'authors'],
  ['imageUrl', 'url'],
  ['docsUrl', 'documentation'],
  ['sourceUrl', 'source'],
  ['version', 'version'],
  ['description', 'description'],
] as const;

const metadataMessage = ({ author, date, message, tags, signature }: RevisionMetadata): JsonObject => ({
  author,
  ...(date === '' ? {} : { date }),
  tags: [...tags],
  message,
  signatureInfo: signature?.info ?? '',
  ...(signature === undefined
    ? {}
    : { sourceIntegrityResult: { checks: [{ name: GIT_GPG, problems: [...signature.problems] }] } }),
});
