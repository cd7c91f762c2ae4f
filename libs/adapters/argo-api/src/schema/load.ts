import { gunzipSync } from 'node:zlib';
import { createFileRegistry, fromBinary, getOption, ScalarType } from '@bufbuild/protobuf';
import type {
  DescExtension,
  DescField,
  DescFile,
  DescMessage,
  FileRegistry,
  Message,
} from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSet } from '@tiphys/generated/argocd';
import { readMethods } from './methods.ts';
import type { FieldShape, MessageShape, MethodShape, Presence, ScalarKind, SpecialKind } from './shape.ts';

/** The public API: every message and every RPC. */
export interface ApiSchema {
  readonly messages: ReadonlyMap<string, MessageShape>;
  /** By gRPC path. */
  readonly methods: ReadonlyMap<string, MethodShape>;
}

interface FieldFacts {
  readonly key?: string;
  readonly always?: boolean;
  readonly pointer?: boolean;
  readonly value?: boolean;
  readonly inline?: boolean;
  readonly omitzero?: boolean;
}

const RESOURCE_STYLE = 1;
const SPECIALS: Readonly<Record<number, SpecialKind>> = {
  1: 'time',
  2: 'micro-time',
  3: 'raw-json',
  4: 'int-or-string',
  5: 'resource-override',
};

type Building = { -readonly [K in keyof MessageShape]: MessageShape[K] } & {
  fields: FieldShape[];
  byNumber: Map<number, FieldShape>;
  byName: Map<string, FieldShape>;
  byKey: Map<string, FieldShape>;
  keys: string[];
};

class Loader {
  readonly messages = new Map<string, Building>();
  readonly #style: DescExtension;
  readonly #special: DescExtension;
  readonly #field: DescExtension;

  constructor(registry: FileRegistry) {
    this.#style = extensionOf(registry, 'tiphys.gojson.style');
    this.#special = extensionOf(registry, 'tiphys.gojson.special');
    this.#field = extensionOf(registry, 'tiphys.gojson.field');
  }

  message(desc: DescMessage): MessageShape {
    const known = this.messages.get(desc.typeName);
    if (known) return known;
    const shape: Building = {
      name: desc.typeName,
      special: SPECIALS[Number(getOption(desc, this.#special))],
      fields: [],
      byNumber: new Map(),
      byName: new Map(),
      byKey: new Map(),
      keys: [],
    };
    this.messages.set(desc.typeName, shape);
    const resource = Number(getOption(desc.file, this.#style)) === RESOURCE_STYLE;
    for (const field of [...desc.fields].sort((a, b) => a.number - b.number)) {
      index(shape, this.#fieldShape(field, resource));
    }
    return shape;
  }

  #fieldShape(desc: DescField, resource: boolean): FieldShape {
    const facts = getOption(desc, this.#field) as Message & FieldFacts;
    const message = messageOf(desc);
    return {
      number: desc.number,
      name: desc.name,
      key: facts.key === undefined || facts.key === '' ? desc.name : facts.key,
      kind: kindOf(desc),
      message: message === undefined ? undefined : this.message(message),
      label: desc.fieldKind === 'list' ? 'list' : desc.fieldKind === 'map' ? 'map' : 'single',
      presence: presenceOf(desc, facts, resource),
      required: desc.proto.label === FieldDescriptorProto_Label.REQUIRED,
      packed: desc.fieldKind === 'list' && desc.packed,
      always: facts.always ?? false,
      omitzero: facts.omitzero ?? false,
      inline: facts.inline ?? false,
    };
  }
}

function extensionOf(registry: FileRegistry, name: string): DescExtension {
  const found = registry.getExtension(name);
  if (!found) throw new Error(`the API descriptors lack the option ${name}; run the code generation again`);
  return found;
}

function index(shape: Building, field: FieldShape): void {
  shape.fields.push(field);
  shape.byNumber.set(field.number, field);
  shape.byName.set(field.name, field);
  if (field.inline && field.message) {
    for (const key of field.message.keys) shape.keys.push(key);
    for (const [key, inner] of field.message.byKey) shape.byKey.set(key, inner);
    return;
  }
  shape.keys.push(field.key);
  shape.byKey.set(field.key.toLowerCase(), field);
}

function messageOf(desc: DescField): DescMessage | undefined {
  if (desc.fieldKind === 'message') return desc.message;
  if (desc.fieldKind === 'list' && desc.listKind === 'message') return desc.message;
  if (desc.fieldKind === 'map' && desc.mapKind === 'message') return desc.message;
  return undefined;
}

function kindOf(desc: DescField): ScalarKind | 'message' {
  if (messageOf(desc)) return 'message';
  switch (desc.scalar) {
    case ScalarType.STRING:
      return 'string';
    case ScalarType.BOOL:
      return 'bool';
    case ScalarType.INT32:
      return 'int32';
    case ScalarType.INT64:
      return 'int64';
    case ScalarType.BYTES:
      return 'bytes';
    default:
      throw new Error(`the field ${desc.toString()} has a type that the codec does not know`);
  }
}

function presenceOf(desc: DescField, facts: FieldFacts, resource: boolean): Presence {
  if (facts.pointer === true) return 'pointer';
  if (facts.value === true) return 'value';
  if (desc.fieldKind === 'list' || desc.fieldKind === 'map') return 'implicit';
  if (resource) return desc.fieldKind === 'scalar' && desc.scalar === ScalarType.BYTES ? 'pointer' : 'value';
  if (desc.fieldKind === 'message' || desc.oneof !== undefined) return 'pointer';
  return isProto2(desc.parent.file) ? 'pointer' : 'implicit';
}

const isProto2 = (file: DescFile): boolean => file.proto.syntax === '' || file.proto.syntax === 'proto2';

/** The generated descriptors as protobuf-es reads them. Some megabytes: not kept. */
export function descriptorRegistry(): FileRegistry {
  const bytes = gunzipSync(Buffer.from(descriptorSet, 'base64'));
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
}

let loaded: ApiSchema | undefined;

/** The API's schema, built once from the generated descriptors (some 20 ms) and kept. */
export function apiSchema(): ApiSchema {
  if (loaded) return loaded;
  const registry = descriptorRegistry();
  const loader = new Loader(registry);
  const methods = readMethods(registry, (desc) => loader.message(desc));
  for (const type of registry) {
    if (type.kind === 'message' && type.file.name.startsWith('argocd/')) loader.message(type);
  }
  loaded = { messages: loader.messages, methods };
  return loaded;
}

/** The shape of a message by its full name; an unknown name is a mistake in the program. */
export function messageShape(name: string): MessageShape {
  const shape = apiSchema().messages.get(name);
  if (!shape) throw new Error(`the API has no message ${name}`);
  return shape;
}
