import { describe, expect, it } from 'vitest';
import { shardSettings } from './shard-settings.ts';

const of = (replicas: number, shard: number, hostname: string) =>
  shardSettings({ method: 'legacy', replicas, shard, hostname });

describe('the share of a process', () => {
  it.each([
    [0, -1, 'laptop', 1, 0],
    [1, -1, 'argocd-application-controller-0', 1, 0],
    [1, 7, 'argocd-application-controller-0', 1, 0],
    [3, -1, 'argocd-application-controller-2', 3, 2],
    [3, 1, 'argocd-application-controller-2', 3, 1],
  ])('of %i replicas with shard %i on %s', (replicas, shard, hostname, count, own) => {
    expect(of(replicas, shard, hostname)).toEqual({ method: 'legacy', replicas: count, shard: own });
  });

  it.each([
    [2, -1, 'laptop', /cannot tell its shard/u],
    [2, -1, 'argocd-application-controller-2', /shard 2 does not exist among 2/u],
    [2, 5, 'laptop', /shard 5 does not exist/u],
  ])('is refused for %i replicas with shard %i on %s', (replicas, shard, hostname, message) => {
    expect(() => of(replicas, shard, hostname)).toThrow(message);
  });

  it.each([
    ['round-robin', 'round-robin'],
    ['consistent-hashing', 'consistent-hashing'],
    ['', 'legacy'],
    ['of-my-own', 'legacy'],
  ])('takes the algorithm %j for %s', (asked, method) => {
    expect(shardSettings({ method: asked, replicas: 2, shard: 0, hostname: '' }).method).toBe(method);
  });
});
