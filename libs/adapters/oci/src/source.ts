import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, TiphysError, type Repository } from '@tiphys/model';
import type { ArtifactSource, FetchedArtifact, GoRuntime, Unpacker } from '@tiphys/ports';
import { DEFAULT_LAYER_MEDIA_TYPES, HELM_LAYER, HELM_PROVENANCE } from './media-types.ts';
import { isDigest, isReference, ociName, tagOfVersion, versionOfTag } from './reference.ts';
import { Registry, type Descriptor, type Manifest, type RegistryOptions } from './registry.ts';
import { TagCache } from './tag-cache.ts';

export interface OciSourceOptions extends RegistryOptions {
  readonly unpacker: Unpacker;
  readonly versions: Pick<GoRuntime, 'maxSatisfying'>;
  /** Layers that may be unpacked. Default plain and gzipped tar layers and Helm charts. */
  readonly layerMediaTypes?: readonly string[];
  /** Bytes of a layer as it is sent. Default 256 MiB. */
  readonly maxLayerBytes?: number;
  /** Bytes of an unpacked layer; undefined for the unpacker's own limit. */
  readonly maxUnpackedBytes?: number;
}

/** What a registry says about an artifact. */
export interface OciArtifact {
  readonly digest: string;
  /** `org.opencontainers.image.*` and others. */
  readonly annotations: Readonly<Record<string, string>>;
}

const DEFAULT_MAX_LAYER_BYTES = 256 * 1024 * 1024;
const DEFAULT_TAG = 'latest';
const CONSTRAINT = /[\s*^~<>=,|]|(^|\.)[xX](\.|$)/;

/**
 * Reads charts and artifacts from OCI registries. With a `name`, the artifact is the chart of that name below the
 * repository and revisions are chart versions; with an empty one it is the repository itself and revisions are digests.
 */
export class OciSource implements ArtifactSource {
  readonly #options: OciSourceOptions;
  readonly #registry: Registry;
  readonly #tags: TagCache;

  constructor(options: OciSourceOptions) {
    this.#options = options;
    this.#registry = new Registry(options);
    this.#tags = new TagCache(options.clock);
  }

  /** Rejects where the registry does not answer or refuses the login. */
  async ping(repository: Repository): Promise<void> {
    await this.#registry.ping(repository);
  }

  async versions(repository: Repository, name: string, maxAgeMs: number): Promise<readonly string[]> {
    const where = { repository, name: ociName(repository, name) };
    const tags = await this.#tags.get(where, maxAgeMs, () => this.#registry.tags(repository, where.name));
    return name === '' ? tags : tags.map(versionOfTag);
  }

  /** A chart version for a version or constraint; a digest for a digest, tag or constraint over the tags. */
  async resolve(repository: Repository, name: string, version: string): Promise<string> {
    if (name === '') return this.#resolveDigest(repository, version === '' ? DEFAULT_TAG : version);
    if (version !== '' && !CONSTRAINT.test(version) && isReference(tagOfVersion(version))) {
      const found = await this.#manifestIfThere(repository, name, tagOfVersion(version));
      if (found !== undefined) return version;
    }
    return this.#best(repository, name, version === '' ? '*' : version);
  }

  async fetch(
    repository: Repository,
    name: string,
    revision: string,
    into: string,
  ): Promise<FetchedArtifact> {
    const where = ociName(repository, name);
    const reference = name === '' ? revision : tagOfVersion(revision);
    const manifest = await this.#registry.manifest(repository, where, reference);
    const shown = `${where.path} ${revision}`;
    const layer = this.#contentLayer(manifest, shown);
    const maxBytes = this.#options.maxLayerBytes ?? DEFAULT_MAX_LAYER_BYTES;
    const data = await this.#registry.blob(repository, where, layer, maxBytes);
    const target = await mkdtemp(join(into, 'artifact-'));
    const { maxUnpackedBytes } = this.#options;
    await this.#options.unpacker.unpack(data, target, {
      name: shown,
      ...(maxUnpackedBytes !== undefined && { maxBytes: maxUnpackedBytes }),
    });
    return {
      revision: name === '' ? manifest.digest : revision,
      directory: layer.mediaType === HELM_LAYER ? await onlyDirectory(target, shown) : target,
    };
  }

  /** Digest and annotations of a tag, digest or chart version. */
  async describe(repository: Repository, name: string, revision: string): Promise<OciArtifact> {
    const reference = name === '' ? revision : tagOfVersion(revision);
    const { digest, annotations } = await this.#registry.manifest(
      repository,
      ociName(repository, name),
      reference,
    );
    return { digest, annotations };
  }

  async #resolveDigest(repository: Repository, version: string): Promise<string> {
    if (isDigest(version)) return version;
    const found = isReference(version) ? await this.#manifestIfThere(repository, '', version) : undefined;
    if (found !== undefined) return found.digest;
    const tag = await this.#best(repository, '', version);
    return (await this.#registry.manifest(repository, ociName(repository, ''), tag)).digest;
  }

  async #manifestIfThere(repository: Repository, name: string, tag: string): Promise<Manifest | undefined> {
    try {
      return await this.#registry.manifest(repository, ociName(repository, name), tag);
    } catch (error) {
      if (hasCode(error, 'not-found')) return undefined;
      throw error;
    }
  }

  async #best(repository: Repository, name: string, constraint: string): Promise<string> {
    const versions = await this.versions(repository, name, 0);
    const best =
      CONSTRAINT.test(constraint) || /^v?\d+(\.\d+)?$/.test(constraint)
        ? await this.#options.versions.maxSatisfying(constraint, versions)
        : undefined;
    if (best !== undefined) return best;
    throw new TiphysError(
      'not-found',
      `${ociName(repository, name).path} has no tag ${JSON.stringify(constraint)}, and none that satisfies it`,
    );
  }

  #contentLayer(manifest: Manifest, shown: string): Descriptor {
    const allowed = this.#options.layerMediaTypes ?? DEFAULT_LAYER_MEDIA_TYPES;
    const layers = manifest.layers.filter((layer) => layer.mediaType !== HELM_PROVENANCE);
    const [only, ...more] = layers;
    if (only === undefined || more.length > 0) {
      throw new TiphysError(
        'failed-precondition',
        `${shown} must have exactly one layer, it has ${String(layers.length)}`,
      );
    }
    if (allowed.includes(only.mediaType)) return only;
    throw new TiphysError(
      'failed-precondition',
      `${shown} has a layer of the type ${only.mediaType}; allowed are ${allowed.join(', ')}`,
    );
  }
}

async function onlyDirectory(target: string, shown: string): Promise<string> {
  const [only, ...more] = await readdir(target, { withFileTypes: true });
  if (only?.isDirectory() === true && more.length === 0) return join(target, only.name);
  throw new TiphysError('invalid', `the chart ${shown} does not hold exactly one directory`);
}
