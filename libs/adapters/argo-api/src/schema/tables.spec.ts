import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { ScalarType } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label } from '@bufbuild/protobuf/wkt';
import { httpStatusOf } from '../calls/status.ts';
import { contractText } from './contract-text.fixture.ts';
import { apiSchema, descriptorRegistry } from './load.ts';

const wire = resolve(import.meta.dirname, '../../../../../../shared/wire');

/** The rows of a table of facts, or undefined where the tables are not at hand. */
function table(name: string): readonly Readonly<Record<string, string>>[] | undefined {
  const file = resolve(wire, name);
  if (!existsSync(file)) {
    process.stderr.write(`skipped: the fact table ${name} is not here\n`);
    return undefined;
  }
  const [head = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const keys = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(keys.map((key, index) => [key, cells[index] ?? '']));
  });
}

const SCALARS: Readonly<Record<number, string>> = {
  [ScalarType.STRING]: 'string',
  [ScalarType.BOOL]: 'bool',
  [ScalarType.INT32]: 'int32',
  [ScalarType.INT64]: 'int64',
  [ScalarType.BYTES]: 'bytes',
};

function typeOf(field: DescField): string {
  const scalar = (type: ScalarType): string => SCALARS[type] ?? 'unknown';
  switch (field.fieldKind) {
    case 'scalar':
      return scalar(field.scalar);
    case 'message':
      return field.message.typeName;
    case 'enum':
      return field.enum.typeName;
    case 'list':
      return field.listKind === 'message'
        ? field.message.typeName
        : field.listKind === 'scalar'
          ? scalar(field.scalar)
          : 'enum';
    case 'map':
      return `map<${scalar(field.mapKey)},${field.mapKind === 'message' ? field.message.typeName : field.mapKind === 'scalar' ? scalar(field.scalar) : 'enum'}>`;
  }
}

function labelOf(field: DescField): string {
  if (field.fieldKind === 'map') return 'map';
  if (field.fieldKind === 'list') return 'repeated';
  return field.proto.label === FieldDescriptorProto_Label.REQUIRED ? 'required' : 'optional';
}

const describeField = (field: DescField): string =>
  [field.name, field.number, typeOf(field), labelOf(field)].join(' ');

/** From here on fields and messages are of our own; nothing that clients know may reach so far. */
const OWN_FIELDS_FROM = 20_001;
const isOwn = (name: string): boolean => name.startsWith('tiphys.');

const ours = (message: DescMessage): readonly string[] =>
  message.fields
    .filter(({ number }) => number < OWN_FIELDS_FROM)
    .map(describeField)
    .sort();

const messages = table('messages.tsv');
const rpcs = table('grpc.tsv');
const http = table('http.tsv');
const special = table('json-special.tsv');
const V1ALPHA1 = 'github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1';

describe.runIf(messages)('every message of the fact table', () => {
  const registry = descriptorRegistry();
  const byMessage = new Map<string, Readonly<Record<string, string>>[]>();
  for (const row of messages ?? []) {
    const name = row['message'] ?? '';
    byMessage.set(name, [...(byMessage.get(name) ?? []), row]);
  }

  it.each([...byMessage.keys()].map((name) => [name]))('%s', (name) => {
    const message = registry.getMessage(name);
    expect(message, `${name} is missing`).toBeDefined();
    if (!message) return;
    const rows = (byMessage.get(name) ?? []).filter((row) => row['field'] !== '');
    const theirs = rows.map((row) => [row['field'], row['number'], row['type'], row['label']].join(' '));
    expect(ours(message)).toEqual(theirs.sort());
    const syntax = rows[0]?.['syntax'];
    if (syntax !== undefined) expect(message.file.proto.syntax || 'proto2').toBe(syntax);
    const keys = apiSchema().messages.get(name)?.byName;
    for (const row of rows) {
      const key = row['http_json_key'] ?? '';
      if (/^[\w.]+$/.test(key) && apiSchema().messages.get(name)?.special === undefined) {
        expect(keys?.get(row['field'] ?? '')?.key).toBe(key);
      }
    }
  });

  it('has no message beyond them', () => {
    const beyond = [...apiSchema().messages.keys()].filter((name) => !byMessage.has(name));
    expect(beyond.filter((name) => !isOwn(name))).toEqual([]);
  });
});

describe.runIf(rpcs)('every RPC and route of the fact table', () => {
  it.each((rpcs ?? []).map((row) => [row['grpc_path'] ?? '', row['http_verb'] ?? '', row]))(
    '%s %s',
    (path, verb, row) => {
      const method = apiSchema().methods.get(path);
      expect(method, `${path} is missing`).toBeDefined();
      expect(method?.request.name).toBe(row['request']);
      expect(method?.response.name).toBe(row['response']);
      expect([method?.clientStreams, method?.serverStreams]).toEqual([
        row['client_stream'] === 'yes',
        row['server_stream'] === 'yes',
      ]);
      expect(method?.http).toContainEqual({ verb, path: row['http_path'], body: row['http_body'] });
    },
  );

  it('has no RPC beyond them', () => {
    const known = new Set((rpcs ?? []).map((row) => row['grpc_path']));
    expect([...apiSchema().methods.keys()].filter((path) => !known.has(path))).toEqual([]);
  });
});

describe.runIf(http)('the error mapping of http.tsv', () => {
  const rows = (http ?? []).filter((row) => row['section'] === 'status-map');
  it.each(rows.map((row) => [row['key'] ?? '', Number(row['value1']), Number(row['value2'])]))(
    '%s is %d, over REST %d',
    (_name, code, status) => expect(httpStatusOf(Number(code))).toBe(status),
  );
});

describe.runIf(special)('the special messages of json-special.tsv', () => {
  const items = (special ?? []).map((row) => row['item'] ?? '');
  it.each([
    ['metav1.Time', 'k8s.io.apimachinery.pkg.apis.meta.v1.Time', 'time'],
    ['metav1.MicroTime', 'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime', 'micro-time'],
    ['intstr.IntOrString', 'k8s.io.apimachinery.pkg.util.intstr.IntOrString', 'int-or-string'],
    ['apiextensions v1 JSON', 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON', 'raw-json'],
    ['runtime.RawExtension', 'k8s.io.apimachinery.pkg.runtime.RawExtension', 'raw-json'],
    ['metav1.FieldsV1', 'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1', 'raw-json'],
    ['ResourceOverride', `${V1ALPHA1}.ResourceOverride`, 'resource-override'],
  ])('%s', (item, message, kind) => {
    expect(items).toContain(item);
    expect(apiSchema().messages.get(message)?.special).toBe(kind);
  });
});

describe('the contract', () => {
  it('changes only on purpose', async () => {
    await expect(contractText()).toMatchFileSnapshot('./contract.snapshot.txt');
  });
});

describe('the API as a whole', () => {
  it('has its 358 messages, 109 RPCs and 110 routes', () => {
    const { messages: all, methods } = apiSchema();
    expect([...all.keys()].filter((name) => !isOwn(name))).toHaveLength(358);
    expect(methods.size).toBe(109);
    expect([...methods.values()].flatMap(({ http }) => http)).toHaveLength(110);
  });

  it('keeps the numbers that clients rely on', () => {
    const numbers = (name: string): Record<string, number> =>
      Object.fromEntries(
        [...(apiSchema().messages.get(name)?.fields ?? [])].map(({ name: field, number }) => [field, number]),
      );
    expect(numbers(`${V1ALPHA1}.Application`)).toEqual({ metadata: 1, spec: 2, status: 3, operation: 4 });
    expect(numbers(`${V1ALPHA1}.ApplicationWatchEvent`)).toEqual({ type: 1, application: 2 });
    expect(numbers('session.SessionCreateRequest')).toEqual({ username: 1, password: 2, token: 3 });
    expect(numbers('k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta')).toMatchObject({
      name: 1,
      uid: 5,
      managedFields: 17,
    });
  });

  it('loads fast and once', () => {
    expect(apiSchema()).toBe(apiSchema());
  });
});
