export { dependentsOf, findCycle, parseDependencies, type AppKey, type Dependencies } from './graph.ts';
export { blockerOf, cycleText, readinessOf, waitingText, type Blocker, type Follower } from './readiness.ts';
