import type { Globals } from '../program/global-flags.ts';

/** How pods of a component are found, and the port that they listen on. */
export interface Component {
  readonly names: readonly string[];
  readonly port: number;
}

/** The components that this client reaches by port-forward; flags and environment may name them otherwise. */
export const componentsOf = (
  globals: Globals,
): Readonly<Record<'server' | 'repoServer' | 'redis', Component>> => ({
  server: { names: [globals['server-name']], port: 8080 },
  repoServer: { names: [globals['repo-server-name']], port: 8081 },
  redis: { names: [globals['redis-haproxy-name'], globals['redis-name']], port: 6379 },
});
