import type { Repository } from '@tiphys/model';

/**
 * The login of a repository as variables that git itself reads, for plugins that fetch more from the same host. Nothing
 * is written to disk, and the login counts for that host only. Logins by key or client certificate need files and are
 * not handed on.
 */
export function gitCredentialVariables(repository: Repository): Readonly<Record<string, string>> {
  const origin = originOf(repository.url);
  if (origin === undefined) return {};
  const header = authorizationOf(repository);
  const settings: [string, string][] = [
    ...(header === undefined ? [] : [[`http.${origin}/.extraHeader`, header] as [string, string]]),
    ...(repository.insecure === true ? [[`http.${origin}/.sslVerify`, 'false'] as [string, string]] : []),
    ...(repository.proxy === undefined || repository.proxy === ''
      ? []
      : [[`http.${origin}/.proxy`, repository.proxy] as [string, string]]),
  ];
  if (settings.length === 0) return {};
  return {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${String(index)}`, key],
        [`GIT_CONFIG_VALUE_${String(index)}`, value],
      ]),
    ),
  };
}

/** Texts of a repository's login that must not show up in errors. */
export function credentialSecrets(repository: Repository): readonly string[] {
  const header = authorizationOf(repository)?.replace(/^Authorization: \S+ /, '');
  return [repository.password, repository.bearerToken, header].filter(
    (text): text is string => text !== undefined && text !== '',
  );
}

function originOf(url: string): string | undefined {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).origin;
}

function authorizationOf({ username, password, bearerToken }: Repository): string | undefined {
  if (bearerToken !== undefined && bearerToken !== '') return `Authorization: Bearer ${bearerToken}`;
  if (password === undefined || password === '') return undefined;
  const login = Buffer.from(`${username ?? ''}:${password}`).toString('base64');
  return `Authorization: Basic ${login}`;
}
