export { type RawReply, rawGrpc } from './raw-grpc.ts';
