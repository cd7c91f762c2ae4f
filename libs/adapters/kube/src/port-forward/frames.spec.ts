import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, channels, dataFrame } from './frames.ts';

const opening = (channel: number, port: number): Buffer => Buffer.from([channel, port & 0xff, port >> 8]);

describe('the messages of a port-forward', () => {
  it('begin with the port on each channel, then carry bytes', () => {
    const reader = new FrameReader(8081);
    expect(reader.read(opening(0, 8081))).toBeUndefined();
    expect(reader.read(opening(1, 8081))).toBeUndefined();
    expect(reader.read(Buffer.from([0, 1, 2]))).toEqual({
      channel: channels.data,
      data: Buffer.from([1, 2]),
    });
    expect(reader.read(Buffer.from([1, 65]))).toEqual({ channel: channels.error, data: Buffer.from('A') });
    expect(reader.read(Buffer.from([0]))).toBeUndefined();
  });

  it.each([
    ['another channel', Buffer.from([2, 0, 0])],
    ['nothing', Buffer.alloc(0)],
    ['another port', opening(0, 80)],
    ['bytes before the port', Buffer.from([0, 1])],
  ])('are refused with %s', (_what, message) => {
    expect(() => new FrameReader(8081).read(message)).toThrow('port-forward');
  });

  it('hold what was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 1, max: 65_535 }), (bytes, port) => {
        const reader = new FrameReader(port);
        reader.read(opening(channels.data, port));
        expect(reader.read(dataFrame(bytes))?.data).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
