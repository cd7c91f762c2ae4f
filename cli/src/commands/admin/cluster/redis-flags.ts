import type { FlagSet, FlagValues } from '../../../program/definition.ts';

const file = (describe: string) => ({ kind: 'text', placeholder: 'file', describe }) as const;
const unused = (standard: string) =>
  ({ kind: 'text', hidden: true, default: standard, describe: 'Accepted and not needed' }) as const;

/** Where the Redis of the control plane is, and how its clusters are spread over controllers. */
export const statsFlags = {
  redis: { kind: 'text', describe: 'Address of Redis, HOST:PORT (default: $REDIS_SERVER)' },
  redisdb: { kind: 'integer', default: 0, describe: 'Database of Redis' },
  'redis-use-tls': { kind: 'switch', describe: 'Talk TLS to Redis' },
  'redis-ca-certificate': file('Certificate of the authority of Redis'),
  'redis-client-certificate': file('Client certificate for Redis'),
  'redis-client-key': file('Key of the client certificate'),
  'redis-insecure-skip-tls-verify': {
    kind: 'switch',
    hidden: true,
    describe: 'Refused: give the authority by --redis-ca-certificate',
  },
  'port-forward-redis': {
    kind: 'switch',
    default: true,
    describe: 'Reach the Redis of the cluster through the API server where no address is given',
  },
  sentinel: { kind: 'list', hidden: true, describe: 'Refused: give the address of the master by --redis' },
  sentinelmaster: unused('master'),
  'redis-compress': unused('gzip'),
  'default-cache-expiration': unused('24h0m0s'),
  'app-state-cache-expiration': unused('1h0m0s'),
  replicas: { kind: 'integer', default: 0, describe: 'Number of controllers; 0 asks the cluster' },
  shard: { kind: 'integer', default: -1, describe: 'Clusters of this shard only; -1 for all' },
  'sharding-method': {
    kind: 'text',
    default: 'legacy',
    describe: 'legacy, round-robin or consistent-hashing',
  },
} as const satisfies FlagSet;

export type StatsValues = FlagValues<typeof statsFlags>;
