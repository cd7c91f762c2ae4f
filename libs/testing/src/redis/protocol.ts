import { once } from 'node:events';
import { connect } from 'node:net';
import { TiphysError } from '@tiphys/model';

/** Sends one command over a connection of its own; the first line of its answer, such as `+PONG`. */
export async function command(port: number, password: string | undefined, words: string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    const login = password === undefined ? '' : encode(['AUTH', password]);
    socket.write(login + encode(words));
    const lines = password === undefined ? 1 : 2;
    let text = '';
    while (text.split('\r\n').length <= lines) {
      const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
      text += chunk.toString('utf8');
    }
    return answerIn(text.split('\r\n')[lines - 1] ?? '', words[0] ?? '');
  } finally {
    socket.destroy();
  }
}

function answerIn(line: string, name: string): string {
  if (line.startsWith('-'))
    throw new TiphysError('failed-precondition', `Redis refused ${name}: ${line.slice(1)}`);
  return line;
}

function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}
