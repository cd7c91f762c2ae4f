export * from './repository-secret.ts';
export { secretNames } from './secret-names.ts';
export * from './find-repository.ts';
export * from './argocd-cm.ts';
export { defaultDiffSettings, parseDiffSettings, type DiffSettings } from './customizations-diff.ts';
export * from './tenancy.ts';
export {
  defaultLiveViewSettings,
  parseLiveView,
  type LiveViewSettings,
  type RespectRbac,
} from './live-view.ts';
export * from './customizations-health.ts';
export { combined, kindKey } from './customizations-diff.ts';
export { parseTiming, type Timing } from './timing.ts';
export { eventLabelsOf, parseEventLabels, type EventLabels } from './event-labels.ts';
export { baseUrls, dexConnectors, parseSso, type SsoSettings, type SsoSources } from './sso.ts';
