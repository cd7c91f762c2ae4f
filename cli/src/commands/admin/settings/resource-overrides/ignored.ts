import { expressionsForJq, rulesFor, withoutIgnored } from '@tiphys/diff';
import { asJson, type JsonObject, type ResourceIgnoreDifferences } from '@tiphys/model';
import { carried } from '../../../../core/carried.ts';
import { formatDocument } from '../../../../output/document.ts';
import { formatTextDiff } from '../../../../output/text-diff.ts';
import type { Terminal } from '../../../../output/terminal.ts';
import type { Subject } from './subject.ts';

export interface IgnoredOptions {
  readonly rules: readonly ResourceIgnoreDifferences[];
  /** Name of the setting, for messages. */
  readonly setting: string;
  /** Longest time of one jq expression. */
  readonly timeoutMs: number;
}

/** Shows which fields of an object rules leave out. */
export async function showIgnored(
  { object }: Subject,
  { rules, setting, timeoutMs }: IgnoredOptions,
  out: Terminal,
): Promise<void> {
  const before = asJson(object);
  const mine = rulesFor(rules, object);
  const after = await withoutJq(withoutIgnored(before, mine), expressionsForJq(mine), timeoutMs);
  const diff = formatTextDiff(formatDocument(before, 'yaml'), formatDocument(after, 'yaml'), {
    format: 'normal',
    paint: out.paint,
  });
  out.line(diff === '' ? `No fields are ignored by ${setting} settings.` : 'Following fields are ignored:\n');
  out.write(diff);
}

async function withoutJq(
  object: JsonObject,
  expressions: readonly string[],
  timeoutMs: number,
): Promise<JsonObject> {
  if (expressions.length === 0) return object;
  const { createJq, findGoModule } = await import('@tiphys/adapter-go-wasm');
  const wasmPath = carried('wasm/tiphys-go.wasm') ?? findGoModule(import.meta.dirname);
  const jq = createJq({ wasmPath, timeoutMs });
  try {
    return (await jq.deleteAll(expressions, [object]))[0] ?? object;
  } finally {
    await jq.close();
  }
}

/** True where rules of the kind itself, not of all kinds, name anything. */
export const isConfigured = (rules: readonly ResourceIgnoreDifferences[], { object }: Subject): boolean =>
  rulesFor(rules, object).some(
    ({ jsonPointers = [], jqPathExpressions = [] }) => jsonPointers.length + jqPathExpressions.length > 0,
  );
