import { createHash } from 'node:crypto';
import { TiphysError } from '@tiphys/model';

/** What to push; one layer unless `layers` says more. */
export interface Artifact {
  /** Repository inside the registry. */
  readonly name: string;
  readonly tag: string;
  readonly layers: readonly { readonly mediaType: string; readonly data: Uint8Array }[];
  readonly configType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PushTarget {
  readonly url: string;
  readonly authorization: string | undefined;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Uploads an artifact; the digest of its manifest. */
export async function pushArtifact(target: PushTarget, artifact: Artifact): Promise<string> {
  const config = Buffer.from('{}');
  await pushBlob(target, artifact.name, config);
  for (const layer of artifact.layers) await pushBlob(target, artifact.name, layer.data);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor(artifact.configType ?? 'application/vnd.oci.empty.v1+json', config),
    layers: artifact.layers.map((layer) => descriptor(layer.mediaType, layer.data)),
    ...(artifact.annotations && { annotations: artifact.annotations }),
  });
  await send(target, `/v2/${artifact.name}/manifests/${artifact.tag}`, {
    method: 'PUT',
    headers: { 'content-type': MANIFEST },
    body: manifest,
  });
  return digestOf(Buffer.from(manifest));
}

async function pushBlob(target: PushTarget, name: string, data: Uint8Array): Promise<void> {
  const started = await send(target, `/v2/${name}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(started.headers.get('location') ?? '', target.url);
  place.searchParams.set('digest', digestOf(data));
  await send(target, place.pathname + place.search, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: Buffer.from(data),
  });
}

async function send(target: PushTarget, path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (target.authorization !== undefined) headers.set('authorization', target.authorization);
  const response = await fetch(new URL(path, target.url), { ...init, headers });
  if (response.ok) return response;
  throw new TiphysError(
    'unavailable',
    `the registry answered ${path} with ${response.status}: ${await response.text()}`,
  );
}

const descriptor = (mediaType: string, data: Uint8Array): object => ({
  mediaType,
  digest: digestOf(data),
  size: data.byteLength,
});

const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;
