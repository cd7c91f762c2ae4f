import { getOption } from '@bufbuild/protobuf';
import type { DescMessage, DescMethod, FileRegistry } from '@bufbuild/protobuf';
import type { HttpBinding, MessageShape, MethodShape } from './shape.ts';

/** `google.api.HttpRule` as the descriptors carry it. */
interface HttpRule {
  readonly pattern: { readonly case?: string; readonly value?: unknown };
  readonly body: string;
  readonly additionalBindings: readonly HttpRule[];
}

const VERBS: Readonly<Record<string, HttpBinding['verb']>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  delete: 'DELETE',
  patch: 'PATCH',
};

/** All RPCs with their HTTP bindings, by gRPC path, in the order of the files. */
export function readMethods(
  registry: FileRegistry,
  shapeOf: (desc: DescMessage) => MessageShape,
): ReadonlyMap<string, MethodShape> {
  const http = registry.getExtension('google.api.http');
  if (!http)
    throw new Error('the API descriptors lack the option google.api.http; run the code generation again');
  const methods = new Map<string, MethodShape>();
  for (const service of registry) {
    if (service.kind !== 'service') continue;
    for (const method of service.methods) {
      const rule: unknown = getOption(method, http);
      const shape = methodShape(method, shapeOf, bindingsOf(rule as HttpRule));
      methods.set(shape.path, shape);
    }
  }
  return methods;
}

function methodShape(
  method: DescMethod,
  shapeOf: (desc: DescMessage) => MessageShape,
  http: readonly HttpBinding[],
): MethodShape {
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    service: method.parent.typeName,
    name: method.name,
    request: shapeOf(method.input),
    response: shapeOf(method.output),
    clientStreams: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    serverStreams: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    http,
  };
}

function bindingsOf(rule: HttpRule): readonly HttpBinding[] {
  const verb = VERBS[rule.pattern.case ?? ''];
  if (verb === undefined || typeof rule.pattern.value !== 'string') return [];
  return [
    { verb, path: rule.pattern.value, body: rule.body },
    ...rule.additionalBindings.flatMap((extra) => bindingsOf(extra)),
  ];
}
