export { OciSource, type OciSourceOptions, type OciArtifact } from './source.ts';
export { HELM_LAYER, DEFAULT_LAYER_MEDIA_TYPES } from './media-types.ts';
