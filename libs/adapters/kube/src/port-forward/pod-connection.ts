import { Duplex } from 'node:stream';
import type WebSocket from 'ws';
import { TiphysError } from '@tiphys/model';
import type { KubeConnection } from '../connection.ts';
import { objectPath, queryString } from '../paths.ts';
import { FrameReader, channels, dataFrame } from './frames.ts';
import { pods } from './pods.ts';
import { openSocket } from './socket.ts';

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

const PROTOCOL = 'v4.channel.k8s.io';
/**
 * A connection to a port of a pod, through the API server and the kubelet. It ends with whichever side ends first.
 * Errors: those of the API server before it opens; afterwards the stream is destroyed with what the kubelet said.
 */
export async function connectPodPort(connection: KubeConnection, target: PodPort): Promise<Duplex> {
  const { namespace, pod, port } = target;
  const path = `${objectPath(pods, { name: pod, namespace }, 'portforward')}${queryString({ ports: port })}`;
  const socket = await openSocket(connection, { path, protocols: [PROTOCOL] });
  return new PodConnection(socket, target);
}

/** The websocket as a stream of bytes. */
class PodConnection extends Duplex {
  readonly #socket: WebSocket;
  readonly #reader: FrameReader;
  readonly #where: string;

  constructor(socket: WebSocket, { namespace, pod, port }: PodPort) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#reader = new FrameReader(port);
    this.#where = `port ${port} of the pod ${namespace}/${pod}`;
    socket.on('message', (message: Buffer) => {
      this.#receive(message);
    });
    socket.on('close', () => this.push(null));
    socket.on('error', (error) => this.destroy(this.#failure(error.message)));
  }

  #receive(message: Buffer): void {
    try {
      const frame = this.#reader.read(message);
      if (frame?.channel === channels.error) this.destroy(this.#failure(frame.data.toString('utf8')));
      else if (frame !== undefined && !this.push(frame.data)) this.#socket.pause();
    } catch (error) {
      this.destroy(this.#failure(error instanceof Error ? error.message : String(error)));
    }
  }

  #failure(why: string): TiphysError {
    return new TiphysError('unavailable', `${this.#where}: ${why.trim()}`);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.send(dataFrame(chunk), { binary: true }, (error) => {
      done(error ?? null);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }
}
