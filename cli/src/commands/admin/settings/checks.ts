import { isJsonObject } from '@tiphys/model';
import { parseControlSettings } from '@tiphys/settings';
import { overriddenKinds } from './overridden-kinds.ts';
import { readYaml, type Settings } from './source.ts';

/** What a check of a group of settings found. */
export interface Finding {
  readonly isGood: boolean;
  readonly summary: string;
  /** What works, but not as it was meant. */
  readonly warnings: readonly string[];
}

const good = (summary: string, warnings: readonly string[] = []): Finding => ({
  isGood: true,
  summary,
  warnings,
});
const bad = (summary: string, warnings: readonly string[] = []): Finding => ({
  isGood: false,
  summary,
  warnings,
});

const CAPABILITIES = new Set(['login', 'apiKey']);
const ACCOUNT = /^accounts\.([^.]+)(\.enabled)?$/u;

function accounts({ cm }: Settings): Finding {
  const names = new Set(['admin']);
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(cm).filter(([name]) => name.startsWith('accounts.'))) {
    const [, name, enabled] = ACCOUNT.exec(key) ?? [];
    if (name === undefined)
      warnings.push(`the key '${key}' is no account: accounts.NAME or accounts.NAME.enabled`);
    else names.add(name);
    if (name === undefined || enabled !== undefined) continue;
    const unknown = value
      .split(',')
      .map((text) => text.trim())
      .filter((text) => text !== '' && !CAPABILITIES.has(text));
    for (const text of unknown)
      warnings.push(`not supported account capability '${text}' in config map key '${key}'`);
  }
  return good(`${String(names.size)} accounts`, warnings);
}

function general({ cm, secret }: Settings): Finding {
  const warnings = [...urlWarnings(cm), ...otherMistakes(cm)];
  if (secret !== undefined && (secret['server.secretkey'] ?? '') === '')
    return bad('server.secretkey is missing', warnings);
  for (const [key, provider] of [
    ['dex.config', 'Dex'],
    ['oidc.config', 'OIDC'],
  ] as const) {
    const text = cm[key] ?? '';
    if (text.trim() === '') continue;
    if (!isMap(text)) return bad(`${key} is not a map in YAML`, warnings);
    const missing = (cm['url'] ?? '') === '' ? ", but 'url' is missing" : '';
    return good(`${provider} is configured${missing}`, warnings);
  }
  return good('SSO is not configured', warnings);
}

function isMap(text: string): boolean {
  try {
    return isJsonObject(readYaml(text));
  } catch {
    return false;
  }
}

function urlWarnings(cm: Settings['cm']): readonly string[] {
  const url = cm['url'] ?? '';
  if (url === '' || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return [];
  return [`url: '${url}' is no address that begins with http:// or https://`];
}

const OF_OVERRIDES = /^resource\.(?:customizations|compareoptions)/u;

const otherMistakes = (cm: Settings['cm']): readonly string[] =>
  parseControlSettings(cm, readYaml).mistakes.filter((text) => !OF_OVERRIDES.test(text));

function kustomize({ cm }: Settings): Finding {
  const options = cm['kustomize.buildOptions'] ?? '';
  const versions = Object.keys(cm).filter((key) => /^kustomize\.(?:path|version)\./u.test(key)).length;
  const count = versions === 0 ? '' : ` (${String(versions)} versions)`;
  return good(`${options === '' ? 'default options' : options}${count}`);
}

function resourceOverrides({ cm }: Settings): Finding {
  const mistakes = parseControlSettings(cm, readYaml).mistakes.filter((text) => OF_OVERRIDES.test(text));
  if (mistakes.length > 0) return bad(mistakes.join('\n'));
  return good(`${String(overriddenKinds(cm).size)} resource overrides`);
}

/** The groups of settings by name, in the order in which they are checked. */
export const checks: Readonly<Record<string, (settings: Settings) => Finding>> = {
  accounts,
  general,
  kustomize,
  'resource-overrides': resourceOverrides,
};
