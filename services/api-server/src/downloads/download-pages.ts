import { open } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sendText } from '@tiphys/adapter-argo-api';

const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64', 'windows-amd64'] as const;
type Platform = (typeof platforms)[number];

/** Programs are known by our own name, and by the one that scripts and pages for other servers ask for. */
const names = ['tiphys', 'argocd'] as const;

const fileOf = (platform: Platform): string =>
  `tiphys-${platform}${platform.startsWith('windows-') ? '.exe' : ''}`;

/** The executables beside the program that runs. */
export const standardFolder = (): string => join(dirname(process.argv[1] ?? '.'), 'executables');

/**
 * The executables of the CLI and their checksums, at exactly these paths: the file that a path stands for comes from
 * this table, never out of the request.
 */
export function downloadPages(folder: string): readonly (readonly [path: string, page: RequestListener])[] {
  return platforms.flatMap((platform) => {
    const file = join(folder, fileOf(platform));
    return namesOf(platform).flatMap((name) => [
      [`/download/${name}`, pageOf((response, body) => sendProgram(response, { file, name, body }))] as const,
      [
        `/download/${name}.sha256`,
        pageOf((response, body) => sendChecksum(response, { file, name, body })),
      ] as const,
    ]);
  });
}

function namesOf(platform: Platform): readonly string[] {
  const own = { x64: 'linux-amd64', arm64: 'linux-arm64' }[process.arch as string];
  const end = platform.startsWith('windows-') ? '.exe' : '';
  return names.flatMap((name) => [
    `${name}-${platform}${end}`,
    ...(platform === own ? [`${name}-linux`] : []),
  ]);
}

interface Download {
  readonly file: string;
  readonly name: string;
  /** False for a HEAD. */
  readonly body: boolean;
}

const pageOf =
  (send: (response: ServerResponse, body: boolean) => Promise<void>): RequestListener =>
  (request, response) => {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      sendText(response, 405, 'Method Not Allowed');
      return;
    }
    send(response, request.method === 'GET').catch(() => {
      response.destroy();
    });
  };

async function sendProgram(response: ServerResponse, { file, name, body }: Download): Promise<void> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) {
    sendAbsent(response, name);
    return;
  }
  try {
    const { size, mtime } = await handle.stat();
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': size,
      'Last-Modified': mtime.toUTCString(),
      'X-Content-Type-Options': 'nosniff',
    });
    if (body) await pipeline(handle.createReadStream({ autoClose: false }), response);
    else response.end();
  } finally {
    await handle.close();
  }
}

async function sendChecksum(response: ServerResponse, { file, name, body }: Download): Promise<void> {
  const handle = await open(`${file}.sha256`).catch(() => undefined);
  if (handle === undefined) {
    sendAbsent(response, name);
    return;
  }
  try {
    const digest = (await handle.readFile('utf8')).slice(0, 64);
    const text = `${digest}  ${name}\n`;
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
    response.end(body ? text : undefined);
  } finally {
    await handle.close();
  }
}

const sendAbsent = (response: ServerResponse, name: string): void => {
  sendText(response, 404, `${name} was not built into this server`);
};
