import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isJsonObject } from '@tiphys/model';
import type { JsonValue } from '@tiphys/model';
import { apiSchema } from '../schema/load.ts';
import type { MessageShape } from '../schema/shape.ts';
import { decodeJson, decodeProto, encodeJson, encodeProto } from './index.ts';

const sessions = resolve(import.meta.dirname, '../../../../../../shared/wire/sessions');
const present = existsSync(sessions);
if (!present) process.stderr.write('skipped: the recorded sessions are not here\n');

interface Sample {
  readonly file: string;
  readonly shape: MessageShape;
  readonly bytes: Buffer;
}

/** Recorded with an encoder of another kind, which leaves out empty values. */
const FOREIGN = /^(grpc\/|rest\/)/;

function samples(): readonly Sample[] {
  const seen = new Set<string>();
  const found: Sample[] = [];
  const visit = (value: JsonValue | undefined, file: string): void => {
    if (Array.isArray(value)) return value.forEach((item: JsonValue) => visit(item, file));
    if (!isJsonObject(value)) return;
    const method = typeof value['method'] === 'string' ? apiSchema().methods.get(value['method']) : undefined;
    if (method) {
      for (const [key, shape] of [
        ['requestBytes', method.request],
        ['responseBytes', method.response],
      ] as const) {
        const text = value[key];
        if (typeof text !== 'string' || seen.has(shape.name + text)) continue;
        seen.add(shape.name + text);
        if (key === 'requestBytes' && FOREIGN.test(file)) continue;
        found.push({ file, shape, bytes: Buffer.from(text, 'base64') });
      }
    }
    for (const inner of Object.values(value)) visit(inner, file);
  };
  for (const folder of ['cli', 'grpc', 'rest']) {
    for (const name of readdirSync(resolve(sessions, folder)).filter((each) => each.endsWith('.json'))) {
      visit(
        JSON.parse(readFileSync(resolve(sessions, folder, name), 'utf8')) as JsonValue,
        `${folder}/${name}`,
      );
    }
  }
  return found;
}

describe.runIf(present)('recorded messages', () => {
  it('come out of the codec as they went in', () => {
    const all = samples();
    expect(all.length).toBeGreaterThan(700);
    const differing = all.filter(({ shape, bytes }) => {
      const out = Buffer.from(encodeProto(shape, decodeProto(shape, bytes)));
      // The entries of maps have no order on the wire; then the lengths are equal and the meaning is.
      return !out.equals(bytes) && !(out.length === bytes.length && sameMeaning(shape, out, bytes));
    });
    expect(differing.map(({ file, shape }) => `${file} ${shape.name}`)).toEqual([]);
  });

  it('survive the REST JSON', () => {
    for (const { shape, bytes } of samples()) {
      const plain = decodeProto(shape, bytes);
      const back = decodeJson(shape, encodeJson(shape, plain));
      expect(Buffer.from(encodeProto(shape, back)).equals(Buffer.from(encodeProto(shape, plain)))).toBe(true);
    }
  });
});

const sameMeaning = (shape: MessageShape, a: Buffer, b: Buffer): boolean =>
  encodeJson(shape, decodeProto(shape, a)) === encodeJson(shape, decodeProto(shape, b));
