export { RENEW_TOKEN } from './calls/calls.ts';
export type { ApiCalls, Call } from './calls/calls.ts';
export { statusOf } from './calls/status.ts';
export type { CallStatus } from './calls/status.ts';
export {
  decodeJson,
  decodeProto,
  encodeJson,
  encodeProto,
  goText,
  parseJson,
  rulesText,
} from './codec/index.ts';
export { createGrpcServer } from './grpc/server.ts';
export type { GrpcServer } from './grpc/server.ts';
export { GRPC_WEB, GrpcWeb } from './grpc/web.ts';
export { Mux } from './mux/mux.ts';
export type { MuxOptions } from './mux/mux.ts';
export { pathOf } from './mux/http-server.ts';
export type { HttpLimits, UpgradeListener, Upgrades } from './mux/http-server.ts';
export { CIPHER_NAMES, DEFAULT_CIPHERS, secureOptions } from './mux/tls.ts';
export type { KeyPair, TlsLimits, TlsVersion } from './mux/tls.ts';
export { dataHeaders } from './rest/answer-headers.ts';
export { isCrossSite } from './rest/same-origin.ts';
export { TOKEN_COOKIE, tokenCookieNames, tokenCookies, tokenFromCookies } from './rest/cookie.ts';
export type { CookieOptions } from './rest/cookie.ts';
export { Gateway } from './rest/gateway.ts';
export type { GatewayOptions } from './rest/gateway.ts';
export { openApiDocument } from './openapi/document.ts';
export type { OpenApiDocument } from './openapi/document.ts';
export { bodyOf, sendReply, sendText } from './rest/reply.ts';
export type { Body } from './rest/reply.ts';
export { apiSchema, messageShape } from './schema/load.ts';
export type { ApiSchema } from './schema/load.ts';
export type { FieldShape, HttpBinding, MessageShape, MethodShape } from './schema/shape.ts';
