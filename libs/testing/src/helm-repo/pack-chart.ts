import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** Contents by path inside the chart. */
export type ChartFiles = Readonly<Record<string, string>>;

/** A gzipped tar archive of files, the same bytes each time. */
export async function packFiles(files: ChartFiles): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** A packed chart: everything below a directory of its name; Chart.yaml is written where `files` has none. */
export async function packChart(name: string, version: string, files: ChartFiles): Promise<Buffer> {
  const all: ChartFiles = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
  return packFiles(
    Object.fromEntries(Object.entries(all).map(([path, content]) => [`${name}/${path}`, content])),
  );
}
