export * from './repository-secret.ts';
export * from './find-repository.ts';
export * from './argocd-cm.ts';
