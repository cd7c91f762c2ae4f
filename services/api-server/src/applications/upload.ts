import { TiphysError, isJsonObject, stringAt } from '@tiphys/model';
import type { JsonObject } from '@tiphys/model';
import type { FilesUpload } from '@tiphys/ports';

/** An upload of files for an Application: what is asked, and the archive that follows. */
export interface AskedUpload {
  readonly query: JsonObject;
  readonly files: FilesUpload;
}

/** Reads the first message, which asks; the others are read as the archive is. */
export async function askedUpload(messages: AsyncIterable<JsonObject>): Promise<AskedUpload> {
  const source = messages[Symbol.asyncIterator]();
  const first = await source.next();
  const query = first.done === true ? undefined : first.value['query'];
  if (!isJsonObject(query))
    throw new TiphysError('unknown', 'error getting query: error getting stream query: query is nil');
  return { query, files: { checksum: stringAt(query, 'checksum') ?? '', chunks: chunksOf(source) } };
}

async function* chunksOf(source: AsyncIterator<JsonObject>): AsyncGenerator<Uint8Array> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const chunk = stringAt(next.value, 'chunk', 'chunk');
    if (chunk === undefined && next.value['chunk'] === undefined)
      throw new TiphysError(
        'unknown',
        'error receiving manifest file stream: a message holds no piece of the archive',
      );
    yield Buffer.from(chunk ?? '', 'base64');
  }
}
