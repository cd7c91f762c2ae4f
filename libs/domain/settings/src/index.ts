export * from './repository-secret.ts';
export * from './find-repository.ts';
export * from './argocd-cm.ts';
export { defaultDiffSettings, parseDiffSettings, type DiffSettings } from './customizations-diff.ts';
