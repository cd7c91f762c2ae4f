/** Messages whose JSON is not an object of their fields. */
export type SpecialKind = 'time' | 'micro-time' | 'raw-json' | 'int-or-string' | 'resource-override';

export type ScalarKind = 'string' | 'bool' | 'int32' | 'int64' | 'bytes';

/**
 * When a single field is written.
 * `value`: a Go value of a Kubernetes type, on the wire even when zero. `pointer`: only when set.
 * `implicit`: a proto3 scalar, only when not zero.
 */
export type Presence = 'value' | 'pointer' | 'implicit';

export interface FieldShape {
  readonly number: number;
  /** Name in the proto file; query parameters and body selectors use it. */
  readonly name: string;
  /** Key in the REST JSON and in our plain objects. */
  readonly key: string;
  readonly kind: ScalarKind | 'message';
  /** Set for kind `message`. */
  readonly message: MessageShape | undefined;
  readonly label: 'single' | 'list' | 'map';
  readonly presence: Presence;
  /** proto2 `required`: must be set by a caller and is always on the wire. */
  readonly required: boolean;
  readonly packed: boolean;
  /** In JSON even when empty. */
  readonly always: boolean;
  readonly omitzero: boolean;
  /** The message's fields stand in the parent's JSON object. */
  readonly inline: boolean;
}

export interface MessageShape {
  /** Full proto name. */
  readonly name: string;
  readonly special: SpecialKind | undefined;
  readonly fields: readonly FieldShape[];
  readonly byNumber: ReadonlyMap<number, FieldShape>;
  /** By proto name. */
  readonly byName: ReadonlyMap<string, FieldShape>;
  /** By lower-cased JSON key, fields of inlined messages included. */
  readonly byKey: ReadonlyMap<string, FieldShape>;
  /** JSON keys of an inlined message, deep. */
  readonly keys: readonly string[];
}

/** One way to reach an RPC over HTTP. */
export interface HttpBinding {
  readonly verb: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly path: string;
  /** Field filled by the body, `*` for the request itself, empty for none. */
  readonly body: string;
}

export interface MethodShape {
  /** `/application.ApplicationService/List` */
  readonly path: string;
  /** `application.ApplicationService` */
  readonly service: string;
  readonly name: string;
  readonly request: MessageShape;
  readonly response: MessageShape;
  readonly clientStreams: boolean;
  readonly serverStreams: boolean;
  readonly http: readonly HttpBinding[];
}

/** The simple name of a message, as Go error texts use it. */
export const simpleName = (shape: MessageShape): string => shape.name.slice(shape.name.lastIndexOf('.') + 1);

/** Package and name as Go prints a type: `v1alpha1.Application`. */
export const goTypeName = (shape: MessageShape): string => shape.name.split('.').slice(-2).join('.');
