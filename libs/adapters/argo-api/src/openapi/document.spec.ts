import SwaggerParser from '@apidevtools/swagger-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiSchema } from '../schema/load.ts';
import { openApiDocument } from './document.ts';
import type { OpenApiDocument } from './document.ts';
import { shortNames } from './names.ts';

let document: OpenApiDocument;
beforeAll(() => {
  document = openApiDocument('v1.2.3');
});

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const copy = JSON.parse(JSON.stringify(document)) as Parameters<typeof SwaggerParser.validate>[0];
    await expect(SwaggerParser.validate(copy)).resolves.toMatchObject({ swagger: '2.0' });
  });

  it('has every route, each with an id of its own', () => {
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
    const routes = [...apiSchema().methods.values()].flatMap(({ http }) => http);
    const different = new Set(routes.map(({ verb, path }) => `${verb} ${path}`));
    expect(operations).toHaveLength(different.size);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('names what clients are generated from as they know it', () => {
    expect(document.paths['/api/v1/applications/{name}']).toMatchObject({
      get: { operationId: 'ApplicationService_Get' },
      delete: { operationId: 'ApplicationService_Delete' },
    });
    expect(Object.keys(document.definitions)).toEqual(
      expect.arrayContaining([
        'v1alpha1Application',
        'v1alpha1AppProject',
        'v1ObjectMeta',
        'applicationApplicationSyncRequest',
        'clusterSettings',
        'repositoryRepoAppsResponse',
        'runtimeError',
      ]),
    );
  });

  it('tells path, query and body apart', () => {
    const list = document.paths['/api/v1/applications']?.['get']?.parameters ?? [];
    const named = (name: string): unknown => list.find((parameter) => parameter.name === name);
    expect(named('projects')).toMatchObject({ in: 'query', type: 'array', collectionFormat: 'multi' });
    expect(named('limit')).toMatchObject({ in: 'query', type: 'integer', format: 'int64' });
    expect(document.paths['/api/v1/clusters/{id.value}']?.['get']?.parameters).toContainEqual({
      name: 'id.type',
      in: 'query',
      required: false,
      type: 'string',
    });
    expect(document.paths['/api/v1/applications']?.['post']?.parameters).toContainEqual({
      name: 'body',
      in: 'body',
      required: true,
      schema: { $ref: '#/definitions/v1alpha1Application' },
    });
  });

  it('describes JSON as it is sent, not messages', () => {
    const { definitions } = document;
    expect(definitions['v1Time']).toMatchObject({ type: 'string', format: 'date-time' });
    expect(definitions['v1alpha1ApplicationStatus']?.properties?.['history']).toMatchObject({
      type: 'array',
    });
    expect(document.paths['/api/v1/stream/applications']?.['get']?.responses['200']?.schema).toMatchObject({
      properties: { result: { $ref: '#/definitions/v1alpha1ApplicationWatchEvent' } },
    });
  });
});

describe('short names', () => {
  it('take more of the package only where two would be the same', () => {
    expect([...shortNames(['a.v1.Thing', 'b.v1.Thing', 'b.v1.Other', 'plain.Thing'])]).toEqual([
      ['b.v1.Other', 'v1Other'],
      ['plain.Thing', 'plainThing'],
      ['a.v1.Thing', 'av1Thing'],
      ['b.v1.Thing', 'bv1Thing'],
    ]);
  });
});
