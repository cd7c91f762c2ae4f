export { candidatesFor, matchPlace, type Ask, type Candidate } from './affected.ts';
export { keyOf, merged, type ArtifactChange, type Change, type GitChange } from './change.ts';
export { providers, senderOf } from './providers/index.ts';
export type { Headers, Proof, Provider, Reading } from './providers/provider.ts';
export { artifactKey, repoKeys } from './repo-match.ts';
export { matchRevision, type RevisionMatch, type Target } from './revision-match.ts';
