import type { ApplicationSource, Repository } from '@tiphys/model';
import { normalizeRepoUrl } from '@tiphys/project-policy';

/** All that is known about reaching repositories. */
export interface RepositorySettings {
  readonly repositories: readonly Repository[];
  readonly templates: readonly Repository[];
  /** PEM certificates to trust, by host name or `host:port`. */
  readonly tlsCertificates: Readonly<Record<string, string>>;
  readonly knownHosts: string;
}

/** The repositories that a project may use with their credentials: its own and those that belong to no project. */
export const usableBy = (repositories: readonly Repository[], project: string): readonly Repository[] =>
  repositories.filter((repository) => isUnscoped(repository) || repository.project === project);

const isUnscoped = ({ project }: Repository): boolean => project === undefined || project === '';

/**
 * How to reach the repository of a source on behalf of a project: its own secret (one scoped to the project
 * wins, one scoped to another is never used), a
 * credential template by the longest matching prefix where the secret carries no login, certificates and known hosts.
 */
export function findRepository(
  settings: RepositorySettings,
  source: Pick<ApplicationSource, 'repoURL' | 'chart'>,
  project: string,
): Repository {
  const url = normalizeRepoUrl(source.repoURL);
  const candidates = usableBy(settings.repositories, project).filter(
    (repository) => normalizeRepoUrl(repository.url) === url,
  );
  const own = candidates.find((repository) => !isUnscoped(repository)) ?? candidates[0];
  const base: Repository = own ?? { url: source.repoURL, type: typeFor(source) };
  return withTrust(hasLogin(base) ? base : withTemplate(base, settings.templates), settings);
}

const typeFor = (source: Pick<ApplicationSource, 'repoURL' | 'chart'>): Repository['type'] => {
  if (source.repoURL.startsWith('oci://')) return 'oci';
  return source.chart === undefined || source.chart === '' ? 'git' : 'helm';
};

const hasLogin = (repository: Repository): boolean =>
  [
    repository.username,
    repository.password,
    repository.bearerToken,
    repository.sshPrivateKey,
    repository.tlsClientCertData,
    repository.cloudLogin,
  ].some((value) => value !== undefined);

function withTemplate(repository: Repository, templates: readonly Repository[]): Repository {
  const url = normalizeRepoUrl(repository.url);
  const [best] = templates
    .filter((template) => url.startsWith(normalizeRepoUrl(template.url)))
    .sort((a, b) => b.url.length - a.url.length);
  return best === undefined ? repository : { ...best, ...repository, type: repository.type };
}

function withTrust(repository: Repository, settings: RepositorySettings): Repository {
  const host = hostOf(repository.url);
  const caPem = settings.tlsCertificates[host] ?? settings.tlsCertificates[host.replace(/:\d+$/u, '')];
  return {
    ...repository,
    ...(caPem === undefined || repository.caPem !== undefined ? {} : { caPem }),
    ...(settings.knownHosts === '' ? {} : { knownHosts: settings.knownHosts }),
  };
}

/** `host` or `host:port` of a URL, empty where there is none. */
const hostOf = (url: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]+)/iu.exec(url)?.[1]?.toLowerCase() ?? '';
