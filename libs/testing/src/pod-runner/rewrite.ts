import type { Service } from './objects.ts';

/** What must read differently when a container runs as a plain process. */
export interface LocalNames {
  /** Container port to local port, of this container. */
  readonly ports: ReadonlyMap<number, number>;
  /** Mount path to local folder, of this container. */
  readonly mounts: ReadonlyMap<string, string>;
  /** `service:port` to local port, for all services of the namespace. */
  readonly services: ReadonlyMap<string, number>;
  readonly namespace: string;
}

/**
 * The text of an argument or a variable as a process on this machine must see it:
 * service addresses and mount paths become local ones; a text that is one of the
 * container's own ports, or ends with it after `=` or `:`, gets the local port.
 */
export function localize(text: string, names: LocalNames): string {
  const addressed = rewriteServices(text, names);
  const mounted = rewriteMounts(addressed, names.mounts);
  return addressed === text ? rewritePort(mounted, names.ports) : mounted;
}

function rewriteServices(text: string, { services, namespace }: LocalNames): string {
  const ns = escape(namespace);
  const pattern = new RegExp(
    `(?<![\\w.-])([a-z0-9-]+)(?:\\.${ns}(?:\\.svc(?:\\.cluster\\.local)?)?)?:(\\d+)(?!\\d)`,
    'g',
  );
  return text.replaceAll(pattern, (whole, name: string, port: string) => {
    const local = services.get(`${name}:${port}`);
    return local === undefined ? whole : `127.0.0.1:${local}`;
  });
}

function rewriteMounts(text: string, mounts: LocalNames['mounts']): string {
  if (mounts.size === 0) return text;
  const longestFirst = [...mounts.keys()].sort((a, b) => b.length - a.length).map(escape);
  const pattern = new RegExp(`(?<![\\w./-])(${longestFirst.join('|')})(?=$|[/:,;])`, 'g');
  return text.replaceAll(pattern, (whole, path: string) => mounts.get(path) ?? whole);
}

function rewritePort(text: string, ports: LocalNames['ports']): string {
  const found = /^(|.*[=:])(\d+)$/s.exec(text);
  const local = found === null ? undefined : ports.get(Number(found[2]));
  return local === undefined ? text : `${found?.[1] ?? ''}${local}`;
}

/** A pod's labels and the local ports of its containers. */
export interface PlacedPod {
  readonly labels: Readonly<Record<string, string>>;
  /** By number and by name. */
  readonly ports: ReadonlyMap<string, number>;
}

/** Where each port of each service is to be found; a service of several pods leads to the first of them. */
export function placeServices(services: readonly Service[], pods: readonly PlacedPod[]): Map<string, number> {
  const placed = new Map<string, number>();
  for (const { metadata, spec } of services) {
    const selector = Object.entries(spec.selector ?? {});
    if (selector.length === 0) continue;
    const pod = pods.find(({ labels }) => selector.every(([key, value]) => labels[key] === value));
    for (const { port, targetPort } of spec.ports ?? []) {
      const local = pod?.ports.get(String(targetPort ?? port));
      if (local !== undefined) placed.set(`${metadata.name}:${port}`, local);
    }
  }
  return placed;
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
