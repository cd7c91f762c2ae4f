import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiSchema, decodeProto, encodeProto, type MethodShape } from '@tiphys/adapter-argo-api';
import type { JsonObject } from '@tiphys/model';
import { diffItemsIn, diffRequest } from './server-side-diff.ts';
import { manifestsIn, uploadMessages } from './upload.ts';

const method = (name: string): MethodShape => {
  const found = apiSchema().methods.get(`/application.ApplicationService/${name}`);
  if (found === undefined) throw new Error(name);
  return found;
};
const upload = method('GetManifestsWithFiles');
const diff = method('ServerSideDiff');
const name = fc.string({ minLength: 1 });

describe('an upload on the wire', () => {
  it('is what the server reads', () => {
    fc.assert(
      fc.property(name, fc.string(), fc.uint8Array({ maxLength: 700 }), (app, project, some) => {
        const archive = Buffer.concat(Array.from({ length: 500 }, () => some));
        const [first, ...chunks] = uploadMessages({ name: app }, project, archive).map((message) =>
          decodeProto(upload.request, message),
        ) as readonly JsonObject[];
        const query = first?.['query'] as JsonObject;
        expect(query['name']).toBe(app);
        expect(query['project'] ?? '').toBe(project);
        expect(query['checksum']).toMatch(/^[0-9a-f]{64}$/u);
        const sent = chunks.map((chunk) =>
          Buffer.from(String((chunk['chunk'] as { chunk?: string }).chunk ?? ''), 'base64'),
        );
        expect(Buffer.concat(sent).equals(archive)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('is answered with manifests', () => {
    fc.assert(
      fc.property(fc.array(name), (manifests) => {
        const reply = encodeProto(upload.response, { manifests, revision: 'streamed', sourceType: 'Helm' });
        expect(manifestsIn(reply)).toEqual(manifests);
      }),
    );
  });
});

describe('a comparison on the wire', () => {
  const item = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };

  it('is what the server reads', () => {
    const ref = { name: 'shop', namespace: 'team' };
    const message = diffRequest(ref, 'p', {
      live: [item, { kind: 'Node', name: 'n' }],
      targets: ['{"a":"ü"}', '{}'],
    });
    expect(decodeProto(diff.request, message)).toMatchObject({
      ...{ appName: 'shop', appNamespace: 'team', project: 'p' },
      liveResources: [item, { kind: 'Node', name: 'n' }],
      targetManifests: ['{"a":"ü"}', '{}'],
    });
  });

  it('is answered with objects', () => {
    const changed = { ...item, targetState: '{"a":1}', liveState: '{"a":2}', modified: true };
    const reply = encodeProto(diff.response, { items: [changed, { ...item, hook: true }], modified: true });
    const [first, second] = diffItemsIn(reply);
    expect(first).toMatchObject(changed);
    expect(second).toMatchObject({ ...item, modified: false });
  });
});
