/** Channels of one forwarded port: what goes through it, and what the kubelet says about it. */
export const channels = { data: 0, error: 1 } as const;

export interface Frame {
  readonly channel: number;
  readonly data: Buffer;
}

/** A message for the data channel. */
export const dataFrame = (chunk: Uint8Array): Buffer => Buffer.concat([Uint8Array.of(channels.data), chunk]);

/**
 * Takes apart the messages of a port-forward by websocket (`v4.channel.k8s.io`): the first byte is the channel, and the
 * first message of each channel holds only the number of the port, as two bytes, low byte first.
 */
export class FrameReader {
  readonly #port: number;
  readonly #opened = new Set<number>();

  constructor(port: number) {
    this.#port = port;
  }

  /** The frame of a message; undefined for one that opens a channel or is empty. Errors: a message that fits neither. */
  read(message: Buffer): Frame | undefined {
    const channel = message[0];
    if (channel !== channels.data && channel !== channels.error)
      throw new Error(`a port-forward has no channel ${String(channel)}`);
    const data = message.subarray(1);
    if (this.#opened.has(channel)) return data.length === 0 ? undefined : { channel, data };
    if (data.length !== 2 || data.readUInt16LE(0) !== this.#port)
      throw new Error(`the port-forward does not begin with the port ${this.#port}`);
    this.#opened.add(channel);
    return undefined;
  }
}
