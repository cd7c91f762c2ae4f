export {
  isJsonnetFile,
  renderDirectoryFiles,
  type DirectoryFile,
  type RenderDirectoryOptions,
} from './render-files.ts';
export { selectDirectoryFiles } from './select-files.ts';
export { DirectoryRenderer, type DirectoryRendererOptions, type RenderJsonnetFile } from './renderer.ts';
