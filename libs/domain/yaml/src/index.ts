export { parseKubernetesObjects, type ParseObjectsOptions } from './objects.ts';
export { parseYamlDocuments, type ParseYamlOptions } from './documents.ts';
export { parseJson } from './json.ts';
export { dumpYaml, stringifyJson, type DumpYamlOptions } from './dump.ts';
