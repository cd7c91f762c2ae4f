export { paramsOf, unknownGenerators } from './expand.ts';
export { generateApplications } from './generate.ts';
export type { GeneratorCluster, GeneratorInputs, GitPlace, Params, Rendered } from './inputs.ts';
export { duplicateName, gitPlacesOf, mistakeIn, projectsOf } from './mistakes.ts';
