export { hostFactsOf, hostsOf, type HostedPod, type HostFacts, type HostInfo } from './hosts.ts';
export { claimTemplatesOf, impliedOwnersOf, isClaimOf, type ImpliedOwner } from './implied-owners.ts';
export { infoOf, type InfoItem } from './info.ts';
export { isWebUrl, linksOf } from './links.ts';
export { networkingOf, type NetworkingInfo, type TargetRef } from './networking.ts';
export { countsAsOrphan, orphanWarning } from './orphans.ts';
export { podReason } from './pod-info.ts';
export { noRequests, requestsOf, sumOfRequests, type Requests } from './pod-requests.ts';
