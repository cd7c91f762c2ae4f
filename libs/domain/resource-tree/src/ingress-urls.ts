import { arrayAt, asJson, stringAt, type JsonValue, type KubeObject } from '@tiphys/model';
import { isWebUrl } from './links.ts';

/**
 * The addresses that an Ingress answers at: each path of each rule at its host, or at the addresses of the load
 * balancer where the rule names none. `https` where a TLS entry names a secret.
 */
export function ingressUrls(ingress: KubeObject): readonly string[] {
  const json = asJson(ingress);
  const scheme = arrayAt(json, 'spec', 'tls').some((entry) => (stringAt(entry, 'secretName') ?? '') !== '')
    ? 'https'
    : 'http';
  const balancers = arrayAt(json, 'status', 'loadBalancer', 'ingress').flatMap(
    (address) => stringAt(address, 'hostname') ?? stringAt(address, 'ip') ?? [],
  );
  const urls = arrayAt(json, 'spec', 'rules').flatMap((rule) => {
    const host = stringAt(rule, 'host') ?? '';
    const hosts = host === '' ? balancers : [host];
    return hosts.flatMap((name) => pathsOf(rule).map((path) => `${scheme}://${name}${path}`));
  });
  return urls.filter(isWebUrl);
}

/** Paths without the `*` that some controllers take for "and all below". */
function pathsOf(rule: JsonValue): readonly string[] {
  const paths = arrayAt(rule, 'http', 'paths').map((path) => stringAt(path, 'path') ?? '');
  return paths.length === 0 ? [''] : paths.map((path) => path.replace(/\*$/u, ''));
}
