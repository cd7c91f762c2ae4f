export { givenTiphys, type GivenOptions } from './world.ts';
export { World } from './world.ts';
export { Rest, type RestAnswer } from './rest.ts';
export { configMap, service } from './manifests.ts';
