import type { FieldShape, MessageShape } from '../schema/shape.ts';

/** A schema of OpenAPI 2. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Turns messages into schemas of their REST JSON, and remembers which are referred to. */
export class Schemas {
  readonly #names: ReadonlyMap<string, string>;
  readonly #used = new Map<string, MessageShape>();

  /** `names` are the short names of all messages. */
  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
  }

  referTo(shape: MessageShape): Schema {
    const name = this.#names.get(shape.name);
    if (name === undefined) throw new Error(`the message ${shape.name} has no name in the document`);
    this.#used.set(name, shape);
    return { $ref: `#/definitions/${name}` };
  }

  ofField(field: FieldShape): Schema {
    const one = this.#one(field);
    if (field.label === 'list') return { type: 'array', items: one };
    return field.label === 'map' ? { type: 'object', additionalProperties: one } : one;
  }

  #one(field: FieldShape): Schema {
    return field.message ? this.referTo(field.message) : scalarSchema(field);
  }

  /** The definitions of all that was referred to, and of all that those refer to, by name. */
  definitions(): Readonly<Record<string, Schema>> {
    const done = new Map<string, Schema>();
    while (done.size < this.#used.size) {
      for (const [name, shape] of this.#used) if (!done.has(name)) done.set(name, this.#definition(shape));
    }
    return Object.fromEntries([...done].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #definition(shape: MessageShape): Schema {
    switch (shape.special) {
      case 'time':
        return { type: 'string', format: 'date-time', description: 'RFC 3339 in UTC, whole seconds.' };
      case 'micro-time':
        return { type: 'string', format: 'date-time', description: 'RFC 3339 in UTC with six decimals.' };
      case 'raw-json':
        return { description: 'Any JSON value.' };
      case 'int-or-string':
        return { description: 'A number or a string.' };
      case 'resource-override':
        return { type: 'object', additionalProperties: {}, description: 'Rules of a kind, by their keys.' };
      case undefined: {
        const required = shape.fields
          .filter((field) => field.required && !field.inline)
          .map(({ key }) => key);
        return {
          type: 'object',
          ...(required.length === 0 ? {} : { required }),
          properties: this.#properties(shape),
        };
      }
    }
  }

  /** The fields of inlined messages stand among the others. */
  #properties(shape: MessageShape): Readonly<Record<string, Schema>> {
    const entries = shape.fields.flatMap((field): readonly (readonly [string, Schema])[] =>
      field.inline && field.message
        ? Object.entries(this.#properties(field.message))
        : [[field.key, this.ofField(field)]],
    );
    return Object.fromEntries(entries);
  }
}

/** A scalar as JSON: 64-bit integers are numbers. */
export function scalarSchema({ kind }: FieldShape): Schema {
  switch (kind) {
    case 'string':
      return { type: 'string' };
    case 'bool':
      return { type: 'boolean' };
    case 'int32':
    case 'int64':
      return { type: 'integer', format: kind };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'message':
      return {};
  }
}
