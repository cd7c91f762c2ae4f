export { type RawReply, type RawRequest, type RawStream, openRawGrpc, rawGrpc } from './raw-grpc.ts';
