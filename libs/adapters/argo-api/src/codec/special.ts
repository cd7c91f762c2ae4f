import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { JsonValue } from '@tiphys/model';
import { goText, parseJson } from './json-text.ts';

const SECOND = 1_000;
const WHOLE_SECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A time as the REST JSON writes it: UTC, whole seconds; undefined where the text is no time. */
export function canonicalTime(text: string): string | undefined {
  if (WHOLE_SECONDS.test(text)) return text;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A time with six decimals; the digits below a millisecond are taken from the text. */
export function canonicalMicroTime(text: string): string | undefined {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const micros = (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
}

/** Writes the body of a Time; an absent or unreadable one is the empty message. */
export function writeTime(writer: BinaryWriter, value: JsonValue | undefined): void {
  if (typeof value !== 'string') return;
  const ms = Date.parse(value);
  if (Number.isNaN(ms)) return;
  writer.tag(1, 0).int64(Math.floor(ms / SECOND));
  writer.tag(2, 0).int32(0);
}

/** Writes the body of a MicroTime. */
export function writeMicroTime(writer: BinaryWriter, value: JsonValue | undefined): void {
  const text = typeof value === 'string' ? canonicalMicroTime(value) : undefined;
  if (text === undefined) return;
  writer.tag(1, 0).int64(Math.floor(Date.parse(text) / SECOND));
  writer.tag(2, 0).int32(Number(text.slice(20, 26)) * 1_000);
}

/** Reads the body of a Time or MicroTime; null for the empty message. */
export function readTime(reader: BinaryReader, end: number, micro: boolean): string | null {
  let seconds: number | undefined;
  let nanos = 0;
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1) seconds = Number(reader.int64());
    else if (number === 2) nanos = reader.int32();
    else reader.skip(wireType);
  }
  if (seconds === undefined) return null;
  const whole = new Date(seconds * SECOND).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(Math.floor(nanos / 1_000)).padStart(6, '0')}Z` : `${whole}Z`;
}

/** Writes a JSON value as text in field 1; nothing where it is absent. */
export function writeRawJson(writer: BinaryWriter, value: JsonValue | undefined): void {
  if (value === undefined) return;
  writer.tag(1, 2).string(goText(value));
}

/** Reads the JSON text in field 1; text that does not parse is read as a string. */
export function readRawJson(reader: BinaryReader, end: number): JsonValue {
  let value: JsonValue = null;
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1) value = parseRaw(reader.string());
    else reader.skip(wireType);
  }
  return value;
}

function parseRaw(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** Writes an IntOrString: all three fields, as Kubernetes does. */
export function writeIntOrString(writer: BinaryWriter, value: JsonValue | undefined): void {
  writer.tag(1, 0).int64(typeof value === 'string' ? 1 : 0);
  writer.tag(2, 0).int32(typeof value === 'number' ? Math.trunc(value) : 0);
  writer.tag(3, 2).string(typeof value === 'string' ? value : '');
}

/** Reads an IntOrString as a JSON number or string. */
export function readIntOrString(reader: BinaryReader, end: number): number | string {
  let type = 0;
  let number = 0;
  let text = '';
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === 1) type = Number(reader.int64());
    else if (field === 2) number = reader.int32();
    else if (field === 3) text = reader.string();
    else reader.skip(wireType);
  }
  return type === 1 ? text : number;
}
