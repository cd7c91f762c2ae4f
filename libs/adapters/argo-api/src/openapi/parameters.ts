import { parseTemplate } from '../rest/template.ts';
import type { FieldShape, HttpBinding, MessageShape, MethodShape } from '../schema/shape.ts';
import { scalarSchema } from './schemas.ts';
import type { Schema, Schemas } from './schemas.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly required: boolean;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly collectionFormat?: 'multi';
  readonly schema?: Schema;
}

/** Messages in messages are parameters with dots in their names, so deep. */
const MAX_DEPTH = 4;

/** The parameters of a route: of its path, its body, and for what neither fills, its query. */
export function parametersOf(
  method: MethodShape,
  binding: HttpBinding,
  schemas: Schemas,
): readonly Parameter[] {
  const inPath = variablesOf(binding);
  return [
    ...inPath.map((name) => pathParameter(method.request, name)),
    ...bodyParameter(method, binding, schemas),
    ...(binding.body === '*' ? [] : queryParameters(method.request, [...inPath, binding.body])),
  ];
}

const variablesOf = ({ path }: HttpBinding): readonly string[] =>
  parseTemplate(path).flatMap((segment) => (segment.type === 'literal' ? [] : [segment.field]));

function pathParameter(request: MessageShape, name: string): Parameter {
  const field = fieldAt(request, name.split('.'));
  return {
    name,
    in: 'path',
    required: true,
    ...(field ? scalarSchema(field) : { type: 'string' }),
  } as Parameter;
}

function fieldAt(shape: MessageShape, [first = '', ...rest]: readonly string[]): FieldShape | undefined {
  const field = shape.byName.get(first);
  return rest.length === 0 || !field?.message ? field : fieldAt(field.message, rest);
}

function bodyParameter(method: MethodShape, { body }: HttpBinding, schemas: Schemas): readonly Parameter[] {
  if (body === '') return [];
  const field = body === '*' ? undefined : method.request.byName.get(body);
  const schema = field ? schemas.ofField(field) : schemas.referTo(method.request);
  return [{ name: 'body', in: 'body', required: true, schema }];
}

function queryParameters(request: MessageShape, taken: readonly string[]): readonly Parameter[] {
  const walk = (shape: MessageShape, prefix: string, depth: number): readonly Parameter[] =>
    shape.fields.flatMap((field) => {
      const name = `${prefix}${field.name}`;
      if (taken.includes(name) || field.label === 'map') return [];
      if (!field.message) return [queryParameter(name, field)];
      if (field.label === 'list' || field.message.special !== undefined || depth === MAX_DEPTH) return [];
      return walk(field.message, `${name}.`, depth + 1);
    });
  return walk(request, '', 1);
}

function queryParameter(name: string, field: FieldShape): Parameter {
  const one = scalarSchema(field);
  if (field.label !== 'list') return { name, in: 'query', required: false, ...one } as Parameter;
  return { name, in: 'query', required: false, type: 'array', items: one, collectionFormat: 'multi' };
}
