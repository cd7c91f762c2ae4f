import { stringAt } from '@tiphys/model';
import type { KubeApi, KubeVersion, Reflector } from '@tiphys/ports';
import type { KubeConnection } from './connection.ts';
import { discover } from './discovery.ts';
import { openExec } from './exec.ts';
import { parseJson, stringifyJson } from './lossless-json.ts';
import { objectCalls } from './object-calls.ts';
import { listAll } from './pages.ts';
import { openPodLog } from './pod-log.ts';
import { startReflector } from './reflector.ts';
import type { ReflectorSettings } from './reflector-settings.ts';
import { fencedTransport, makeTransport, transportAs } from './transport.ts';
import type { Transport, TransportOptions } from './transport.ts';

export interface KubeApiOptions extends TransportOptions {
  readonly reflector?: ReflectorSettings;
}

/** A client of one API server. Opens no connection before the first call; `close` stops its reflectors and ends all calls. */
export async function makeKubeApi(connection: KubeConnection, options: KubeApiOptions): Promise<KubeApi> {
  const transport = await makeTransport(connection, options);
  return apiOver(transport, connection.knownAs ?? connection.server, options);
}

function apiOver(transport: Transport, server: string, options: KubeApiOptions): KubeApi {
  const { clock, reflector: settings } = options;
  const reflectors = new Set<Reflector>();
  return {
    server,
    version: () => readVersion(transport),
    discover: () => discover(transport),
    list: (resource, selector = {}) => listAll(transport, resource, selector),
    ...objectCalls(transport),
    reflect(resource, selector, onEvent) {
      const inner = startReflector({ transport, clock, resource, selector, onEvent, settings });
      const reflector = {
        async stop() {
          await inner.stop();
          reflectors.delete(reflector);
        },
      };
      reflectors.add(reflector);
      return reflector;
    },
    podLog: (pod, options = {}) => openPodLog(transport, pod, options),
    async raw(method, path, { body, contentType, signal } = {}) {
      const text = body === undefined ? undefined : stringifyJson(body);
      const answer = await transport.send({ method, path, body: text, contentType, signal });
      return answer === '' ? null : parseJson(answer);
    },
    exec: (target, onOutput) => openExec(transport, target, onOutput),
    as: (user) => apiOver(transportAs(transport, user), server, options),
    fenced: (fence) => apiOver(fencedTransport(transport, fence), server, options),
    async close() {
      await Promise.all([...reflectors].map((reflector) => reflector.stop()));
      await transport.close();
    },
  };
}

async function readVersion(transport: Transport): Promise<KubeVersion> {
  const version = parseJson(await transport.send({ method: 'GET', path: '/version' }));
  // Some distributions write the minor version as `36+`.
  const digits = (key: string): string => /^\d+/.exec(stringAt(version, key) ?? '')?.[0] ?? '0';
  return {
    minor: `${digits('major')}.${digits('minor')}`,
    gitVersion: stringAt(version, 'gitVersion') ?? '',
  };
}
