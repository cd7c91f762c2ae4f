import { apiSchema } from '../schema/load.ts';
import type { HttpBinding, MethodShape } from '../schema/shape.ts';
import { shortNames } from './names.ts';
import { parametersOf } from './parameters.ts';
import type { Parameter } from './parameters.ts';
import { Schemas } from './schemas.ts';
import type { Schema } from './schemas.ts';

interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;
}

/** An OpenAPI 2 document. */
export interface OpenApiDocument {
  readonly swagger: '2.0';
  readonly info: Readonly<Record<string, string>>;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly securityDefinitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

const ERROR = 'runtimeError';
const STREAM_ERROR = 'runtimeStreamError';
const integer: Schema = { type: 'integer', format: 'int32' };
const string: Schema = { type: 'string' };
const details: Schema = { type: 'array', items: { type: 'object' } };

const ERRORS: Readonly<Record<string, Schema>> = {
  [ERROR]: { type: 'object', properties: { error: string, code: integer, message: string, details } },
  [STREAM_ERROR]: {
    type: 'object',
    properties: { grpc_code: integer, http_code: integer, message: string, http_status: string, details },
  },
};

/** Describes the REST API out of its descriptors, the same that its routes come from. */
export function openApiDocument(version: string): OpenApiDocument {
  const { messages, methods } = apiSchema();
  const schemas = new Schemas(shortNames(messages.keys()));
  const paths = new Map<string, Record<string, Operation>>();
  for (const method of methods.values()) {
    for (const [index, binding] of method.http.entries()) {
      const path = binding.path.replace('=**}', '}');
      const operations = paths.get(path) ?? {};
      const verb = binding.verb.toLowerCase();
      operations[verb] ??= operationOf(method, { binding, index, schemas });
      paths.set(path, operations);
    }
  }
  return {
    swagger: '2.0',
    info: { title: 'Tiphys API', description: 'The REST API, compatible with Argo CD.', version },
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: { bearer: { type: 'apiKey', in: 'header', name: 'Authorization' } },
    security: [{ bearer: [] }],
    paths: Object.fromEntries([...paths].sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: { ...schemas.definitions(), ...ERRORS },
  };
}

interface Route {
  readonly binding: HttpBinding;
  /** Place among the routes of the RPC; each has an id of its own. */
  readonly index: number;
  readonly schemas: Schemas;
}

function operationOf(method: MethodShape, { binding, index, schemas }: Route): Operation {
  const service = method.service.slice(method.service.lastIndexOf('.') + 1);
  const parameters = parametersOf(method, binding, schemas);
  const reply = schemas.referTo(method.response);
  return {
    tags: [service],
    operationId: `${service}_${method.name}${index === 0 ? '' : String(index + 1)}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      200: method.serverStreams
        ? { description: 'A message of the stream.', schema: streamSchema(reply) }
        : { description: 'The reply.', schema: reply },
      default: { description: 'An error.', schema: { $ref: `#/definitions/${ERROR}` } },
    },
  };
}

const streamSchema = (result: Schema): Schema => ({
  type: 'object',
  properties: { result, error: { $ref: `#/definitions/${STREAM_ERROR}` } },
});
