import type { PubSub } from '@tiphys/ports';

/** Messages inside one process, for tests and for services that run without Redis. */
export function createMemoryPubSub(): PubSub {
  const listeners = new Map<string, Set<(message: string) => void>>();
  return {
    publish(channel, message) {
      for (const listener of [...(listeners.get(channel) ?? [])]) listener(message);
      return Promise.resolve();
    },
    subscribe(channel, listener) {
      const all = listeners.get(channel) ?? new Set();
      listeners.set(channel, all.add(listener));
      return Promise.resolve(() => {
        all.delete(listener);
        if (all.size === 0 && listeners.get(channel) === all) listeners.delete(channel);
        return Promise.resolve();
      });
    },
  };
}
