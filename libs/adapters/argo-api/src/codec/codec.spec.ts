import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@tiphys/model';
import { messageShape, apiSchema } from '../schema/load.ts';
import { arbitraryOf } from './arbitrary.fixture.ts';
import { decodeJson, decodeProto, encodeJson, encodeJsonBytes, encodeProto } from './index.ts';

const V1 = 'github.com.argoproj.argo_cd.v3.pkg.apis.application.v1alpha1';
const application = messageShape(`${V1}.Application`);
const jsonOf = (name: string, value: JsonValue): unknown => JSON.parse(encodeJson(messageShape(name), value));
const bytesOf = (name: string, value: JsonValue): string =>
  Buffer.from(encodeProto(messageShape(name), value)).toString('hex');

describe('round trips', () => {
  it.each(
    [...apiSchema().messages.values()]
      .filter((shape) => shape.fields.length > 0)
      .map((shape) => [shape.name]),
  )('%s keeps its bytes through plain objects and JSON', (name) => {
    const shape = messageShape(name);
    fc.assert(
      fc.property(arbitraryOf(shape), (value) => {
        const bytes = Buffer.from(encodeProto(shape, value));
        const plain = decodeProto(shape, bytes);
        expect(Buffer.from(encodeProto(shape, plain)).equals(bytes)).toBe(true);
        const back = decodeJson(shape, encodeJson(shape, plain));
        expect(Buffer.from(encodeProto(shape, back)).equals(bytes)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});

describe('protobuf bytes', () => {
  it('writes empty values of Kubernetes types and leaves out unset pointers', () => {
    expect(bytesOf(`${V1}.ApplicationDestination`, {})).toBe('0a0012001a00');
    expect(bytesOf(`${V1}.SyncPolicyAutomated`, {})).toBe('');
    expect(bytesOf(`${V1}.SyncPolicyAutomated`, { enabled: false })).toBe('2000');
  });

  it('leaves out zero values of plain messages but keeps what was set to zero', () => {
    expect(bytesOf('project.ProjectQuery', { name: '' })).toBe('');
    expect(bytesOf('application.ApplicationDeleteRequest', { name: 'a', cascade: false })).toBe('0a01611000');
  });

  it('reads a message that lacks what others always write', () => {
    expect(decodeProto(application, new Uint8Array())).toEqual({});
  });

  it('skips fields it does not know', () => {
    const bytes = Buffer.concat([Buffer.from('0a0161', 'hex'), Buffer.from('fa3f03616263', 'hex')]);
    expect(decodeProto(messageShape('project.ProjectQuery'), bytes)).toEqual({ name: 'a' });
  });

  it.each(['ff', '0a05', '0a0561'])('refuses %s', (hex) => {
    expect(() => decodeProto(application, Buffer.from(hex, 'hex'))).toThrow();
  });

  it('sorts the entries of maps', () => {
    const unsorted = bytesOf('k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector', {
      matchLabels: { b: '2', a: '1' },
    });
    expect(unsorted).toBe(
      bytesOf('k8s.io.apimachinery.pkg.apis.meta.v1.LabelSelector', { matchLabels: { a: '1', b: '2' } }),
    );
  });

  it('keeps an empty list of a plugin parameter apart from none', () => {
    const shape = messageShape(`${V1}.ApplicationSourcePluginParameter`);
    const trip = (value: JsonValue): JsonValue => decodeProto(shape, encodeProto(shape, value));
    expect(trip({ name: 'a', array: [] })).toEqual({ name: 'a', array: [] });
    expect(trip({ name: 'a' })).toEqual({ name: 'a' });
  });

  it('puts an inlined struct into its own message', () => {
    const shape = messageShape(`${V1}.SyncStrategyHook`);
    expect(Buffer.from(encodeProto(shape, { force: true })).toString('hex')).toBe('0a020801');
    expect(decodeProto(shape, Buffer.from('0a020801', 'hex'))).toEqual({ force: true });
  });
});

describe('REST JSON', () => {
  it('has what Go writes for an Application that only has a name', () => {
    expect(jsonOf(`${V1}.Application`, { metadata: { name: 'a' } })).toEqual({
      metadata: { name: 'a' },
      spec: { destination: {}, project: '' },
      status: {
        sync: { status: '', comparedTo: { source: { repoURL: '' }, destination: {} } },
        health: {},
        summary: {},
        sourceHydrator: {},
      },
    });
  });

  it('writes a list without items as null and a plain message without values as nothing', () => {
    expect(jsonOf(`${V1}.ApplicationList`, { metadata: { resourceVersion: '1' } })).toEqual({
      metadata: { resourceVersion: '1' },
      items: null,
    });
    expect(jsonOf('application.ManagedResourcesResponse', { items: [] })).toEqual({});
  });

  it('writes 64-bit integers as numbers, whatever their size', () => {
    const text = encodeJson(messageShape('account.Token'), { issuedAt: 9223372036854775807n, id: 'x' });
    expect(text).toBe('{"id":"x","issuedAt":9223372036854775807}');
    expect(decodeJson(messageShape('account.Token'), text)).toEqual({
      id: 'x',
      issuedAt: 9223372036854775807n,
    });
  });

  it('escapes what browsers would read as markup', () => {
    expect(encodeJson(messageShape('session.SessionResponse'), { token: '<a>&\u2028"\\' })).toBe(
      '{"token":"\\u003ca\\u003e\\u0026\\u2028\\"\\\\"}',
    );
  });

  it('sorts maps and keeps the order of fields', () => {
    const text = encodeJson(application, { spec: {}, metadata: { labels: { b: '1', a: '2' }, name: 'n' } });
    expect(text).toMatch(/^\{"metadata":\{"name":"n","labels":\{"a":"2","b":"1"\}\},"spec":/);
  });

  it('writes times in UTC with whole seconds', () => {
    const json = jsonOf(`${V1}.Application`, {
      metadata: { creationTimestamp: '2024-02-03T05:06:07.9+01:00' },
    });
    expect(json).toMatchObject({ metadata: { creationTimestamp: '2024-02-03T04:06:07Z' } });
  });
});

describe('reading REST JSON', () => {
  const login = messageShape('session.SessionCreateRequest');

  it('ignores the case of keys, unknown keys, null and what follows', () => {
    expect(decodeJson(login, ' {"UserName":"a","bogus":1,"password":null} trailing')).toEqual({
      username: 'a',
    });
  });

  it.each([
    ['{"username":', 'unexpected EOF'],
    ['"abc', 'unexpected EOF'],
    [
      '{"username":5}',
      'json: cannot unmarshal number into Go struct field SessionCreateRequest.username of type string',
    ],
    ['[]', 'json: cannot unmarshal array into Go value of type session.SessionCreateRequest'],
    [
      '{"username":{}}',
      'json: cannot unmarshal object into Go struct field SessionCreateRequest.username of type string',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => decodeJson(login, text)).toThrow(expect.objectContaining({ code: 'invalid', message }));
  });

  it('names the path inside an Application', () => {
    expect(() => decodeJson(application, '{"metadata":{"name":7}}')).toThrow(
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    );
  });

  it('gives undefined for nothing and an empty object for null', () => {
    expect(decodeJson(login, ' ')).toBeUndefined();
    expect(decodeJson(login, 'null')).toEqual({});
  });

  it('never throws anything but a refusal, whatever comes in', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          decodeJson(application, text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid' });
        }
      }),
    );
  });
});

describe('objects from informers', () => {
  it('are encoded once', () => {
    const app = { metadata: { name: 'a' }, spec: {} };
    expect(encodeProto(application, app)).toBe(encodeProto(application, app));
    const list = messageShape(`${V1}.ApplicationList`);
    const read = decodeProto(list, encodeProto(list, { items: [app, app] })) as { items: unknown[] };
    expect(read.items).toHaveLength(2);
  });
});

describe('encodeJsonBytes', () => {
  it.each([`${V1}.ApplicationList`, `${V1}.AppProjectList`, `${V1}.Application`])(
    'is the text of %s as UTF-8, asked once or twice',
    (name) => {
      const shape = messageShape(name);
      fc.assert(
        fc.property(arbitraryOf(shape, 2), (value) => {
          const text = encodeJson(shape, value);
          expect(encodeJsonBytes(shape, value).toString('utf8')).toBe(text);
          expect(encodeJsonBytes(shape, value).toString('utf8')).toBe(text);
        }),
        { numRuns: 40 },
      );
      expect(encodeJsonBytes(shape, {}).toString('utf8')).toBe(encodeJson(shape, {}));
    },
  );
});
