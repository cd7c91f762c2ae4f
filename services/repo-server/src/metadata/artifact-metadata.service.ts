import { z } from 'zod';
import { TiphysError, type Repository } from '@tiphys/model';
import type { ArtifactMetadata, RenderSource } from '@tiphys/ports';
import { parseYamlDocuments } from '@tiphys/yaml';
import { artifactName, isArtifact } from '../artifacts.ts';
import type { LentRoots } from '../render/artifact-roots.ts';

const CHART_FILE = 'Chart.yaml';

const maintainer = z.object({ name: z.string().nullish(), email: z.string().nullish() });
const chartSchema = z.object({
  description: z.string().nullish(),
  home: z.string().nullish(),
  maintainers: z.array(maintainer).nullish(),
});

export interface ArtifactMetadataOptions {
  readonly roots: Pick<LentRoots, 'use'>;
  readonly oci: {
    describe(
      repository: Repository,
      name: string,
      revision: string,
    ): Promise<{ readonly annotations: Readonly<Record<string, string>> }>;
  };
}

/** Tells what the makers of charts and artifacts say about them. */
export class ArtifactMetadataService {
  readonly #options: ArtifactMetadataOptions;

  constructor(options: ArtifactMetadataOptions) {
    this.#options = options;
  }

  async of(asked: RenderSource & { readonly revision: string }): Promise<ArtifactMetadata> {
    const { source, repository, revision } = asked;
    if (!isArtifact(source, repository))
      throw new TiphysError('failed-precondition', 'a git repository holds no chart and no artifact');
    const name = artifactName(source);
    const isInRegistry = repository.type === 'oci' || repository.enableOci === true;
    const { oci } = this.#options;
    return {
      annotations: isInRegistry ? (await oci.describe(repository, name, revision)).annotations : {},
      ...(name === '' ? {} : { chart: await this.#chart(asked) }),
    };
  }

  async #chart(
    asked: RenderSource & { readonly revision: string },
  ): Promise<NonNullable<ArtifactMetadata['chart']>> {
    const [document] = await this.#options.roots.use(asked, asked.revision, async (root) =>
      parseYamlDocuments(await root.readFile(CHART_FILE), { file: CHART_FILE }),
    );
    const parsed = chartSchema.safeParse(document ?? {});
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new TiphysError(
        'invalid',
        `${CHART_FILE}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      );
    }
    const { description, home, maintainers } = parsed.data;
    return {
      description: description ?? '',
      home: home ?? '',
      maintainers: (maintainers ?? []).map(nameOf).filter((name) => name !== ''),
    };
  }
}

const nameOf = ({ name, email }: z.infer<typeof maintainer>): string =>
  email ? `${name ?? ''} <${email}>`.trim() : (name ?? '');
