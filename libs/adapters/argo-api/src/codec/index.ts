export { decodeJson } from './json-decode.ts';
export { encodeJson } from './json-encode.ts';
export { encodeJsonBytes } from './json-bytes.ts';
export { decodeProto } from './proto-decode.ts';
export { encodeProto } from './proto-encode.ts';
export { goText, parseJson } from './json-text.ts';
export { rulesText } from './resource-override.ts';
