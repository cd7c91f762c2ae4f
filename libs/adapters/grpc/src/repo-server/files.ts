import type {
  RenderFilesRequest,
  RenderFilesResponse,
  RenderRequest as RenderMessage,
} from '@tiphys/generated/tiphys-repo';
import { TiphysError, type JsonObject } from '@tiphys/model';
import type { FilesUpload, RenderedFiles } from '@tiphys/ports';
import { parseJson } from '@tiphys/yaml';
import { asSourceType } from './messages.ts';

/** A piece of an archive in one message. */
const CHUNK_BYTES = 256 * 1024;

/** What to render and the pieces of the archive, which are read as they are asked for. */
export async function uploadIn(
  messages: AsyncIterable<RenderFilesRequest>,
): Promise<{ readonly render: RenderMessage; readonly upload: FilesUpload }> {
  const source = messages[Symbol.asyncIterator]();
  const first = await source.next();
  const header = first.done === true ? undefined : first.value.header;
  if (header?.render === undefined)
    throw new TiphysError('invalid', 'the stream does not begin with what is to be rendered');
  return { render: header.render, upload: { checksum: header.checksum, chunks: chunksOf(source) } };
}

async function* chunksOf(source: AsyncIterator<RenderFilesRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    yield next.value.chunk;
  }
}

/** The messages of an upload. */
export async function* messagesOf(
  render: RenderMessage,
  { checksum, chunks }: FilesUpload,
): AsyncGenerator<RenderFilesRequest> {
  yield { header: { render, checksum }, chunk: NOTHING };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      yield { header: undefined, chunk: Buffer.from(chunk.subarray(at, at + CHUNK_BYTES)) };
    }
  }
}

const NOTHING = Buffer.alloc(0);

export const renderedFilesOf = ({ objectsJson, sourceType }: RenderFilesResponse): RenderedFiles => ({
  objects: parseJson(
    Buffer.from(objectsJson).toString(),
    'the rendered objects',
  ) as unknown as readonly JsonObject[],
  sourceType: asSourceType(sourceType),
});
