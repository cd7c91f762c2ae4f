import { asJson, configNames, isJsonObject, valueAt } from '@tiphys/model';
import type { AppProject, JsonValue, KubeObject } from '@tiphys/model';
import { virtualProject } from '@tiphys/project-policy';
import { parseGoDuration } from '@tiphys/runtime/config';
import type { ObjectStore } from '@tiphys/runtime/watch';
import { parseScripts, parseTenancy } from '@tiphys/settings';
import type { ScriptSettings, TenancySettings } from '@tiphys/settings';
import { parseYamlDocuments } from '@tiphys/yaml';
import { accountsIn } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { ADMIN } from '../auth/claims.ts';
import type { Stores } from '../store/stores.ts';

const DAY_MS = 86_400_000;

/** What the config maps and secrets say now; every read is of the newest state. */
export class ServerSettings {
  readonly #stores: Stores;
  readonly #namespace: string;
  #accounts:
    | {
        readonly cm: KubeObject | undefined;
        readonly secret: KubeObject | undefined;
        readonly byName: ReadonlyMap<string, Account>;
      }
    | undefined;

  constructor(stores: Stores, namespace: string) {
    this.#stores = stores;
    this.#namespace = namespace;
  }

  /** A value of `argocd-cm`; empty where it is not set. */
  cm(key: string): string {
    return this.cmData()[key] ?? '';
  }

  cmData(): Readonly<Record<string, string>> {
    return dataOf(this.#stores.settings.get(this.#namespace, configNames.cm));
  }

  /** What `argocd-cm` says of projects. */
  get tenancy(): TenancySettings {
    return parseTenancy(this.cmData(), readYaml, []);
  }

  /** Lua of `argocd-cm` for the actions of kinds. */
  get scripts(): ScriptSettings {
    return parseScripts(this.cmData(), { readYaml, mistakes: [] });
  }

  /** A project of that name as it is written. */
  rawProject(name: string): AppProject | undefined {
    return this.#stores.projects.get(this.#namespace, name);
  }

  /** A project of that name as it counts, with what it inherits from global projects. */
  projectOf(name: string): AppProject | undefined {
    const find = (wanted: string) => this.#stores.projects.get(this.#namespace, wanted);
    const project = find(name);
    return project && virtualProject(project, this.tenancy.globalProjects, find);
  }

  /** A value of `argocd-secret`, decoded; empty where it is not set. */
  secret(key: string): string {
    return secretData(this.#stores.secret.get(this.#namespace, configNames.secret))[key] ?? '';
  }

  /**
   * What a reference of a setting stands for: a key of `argocd-secret`, or `name:key` of another secret that is labelled
   * as a part of this installation.
   */
  referenced(reference: string): string | undefined {
    const [name = '', ...key] = reference.split(':');
    if (key.length === 0) return this.secret(name) || undefined;
    return secretData(this.#stores.referable.get(this.#namespace, name))[key.join(':')];
  }

  /** Changes, in any part, when what `cm`, `secret` or `referenced` tell may have changed. */
  versions(): readonly unknown[] {
    const { settings, secret, referable } = this.#stores;
    return [
      settings.get(this.#namespace, configNames.cm),
      secret.get(this.#namespace, configNames.secret),
      referable.changes,
    ];
  }

  get tlsCertificates(): Readonly<Record<string, string>> {
    return dataOf(this.#stores.tlsCerts.get(this.#namespace, configNames.tlsCerts));
  }

  get knownHosts(): string {
    const map = this.#stores.knownHosts.get(this.#namespace, configNames.knownHosts);
    return dataOf(map)['ssh_known_hosts'] ?? '';
  }

  get url(): string {
    return this.cm('url');
  }

  /** The key that tokens are signed with: the raw bytes of the setting. */
  get signatureKey(): string {
    return this.secret('server.secretkey');
  }

  /** The local accounts by name, in the order of their names. */
  get accounts(): ReadonlyMap<string, Account> {
    const cm = this.#stores.settings.get(this.#namespace, configNames.cm);
    const secret = this.#stores.secret.get(this.#namespace, configNames.secret);
    const known = this.#accounts;
    if (known !== undefined && known.cm === cm && known.secret === secret) return known.byName;
    const byName = accountsIn(dataOf(cm), secretData(secret));
    this.#accounts = { cm, secret, byName };
    return byName;
  }

  get adminEnabled(): boolean {
    return this.accounts.get(ADMIN)?.enabled === true;
  }

  /** True where some account can log in by password. */
  get loginsEnabled(): boolean {
    return [...this.accounts.values()].some(
      (account) => account.enabled && account.capabilities.includes('login'),
    );
  }

  /** A regular expression that new passwords must match. */
  get passwordPattern(): string {
    return this.cm('passwordPattern') || '^.{8,32}$';
  }

  /** Milliseconds that a login lasts: `users.session.duration`, one integer and one unit; 24 h. */
  get sessionMs(): number {
    const text = this.cm('users.session.duration').trim();
    const days = /^(\d+)d$/.exec(text)?.[1];
    if (days !== undefined) return Number(days) * DAY_MS;
    return /^\d+[smh]$/.test(text) ? (parseGoDuration(text) ?? DAY_MS) : DAY_MS;
  }

  /** True where the right to change an Application is the right to change its objects as well. */
  get objectRightsInherited(): boolean {
    return this.cm('server.rbac.disableApplicationFineGrainedRBACInheritance') === 'false';
  }

  /** Annotations of Secrets whose values are masked like data. */
  get maskedAnnotations(): readonly string[] {
    const keys = this.cm('resource.sensitive.mask.annotations').split(',');
    return keys.map((key) => key.trim()).filter((key) => key !== '');
  }

  /** How many pods a log may be put together of; 10 where it is not set or no number. */
  get maxPodLogs(): number {
    const text = this.cm('server.maxPodLogsToRender').trim();
    return /^\d{1,6}$/.test(text) ? Number(text) : 10;
  }

  get anonymousEnabled(): boolean {
    return this.cm('users.anonymous.enabled') === 'true';
  }

  /** The certificate of a secret of type TLS, or of `argocd-secret`. */
  keyPair(
    store: ObjectStore,
    name: string,
  ): { readonly certificate: string; readonly key: string } | undefined {
    const data = secretData(store.get(this.#namespace, name));
    const certificate = data['tls.crt'] ?? '';
    const key = data['tls.key'] ?? '';
    return certificate === '' || key === '' ? undefined : { certificate, key };
  }
}

/** Reads a value of a config map. @throws TiphysError `invalid` */
export const readYaml = (text: string): JsonValue =>
  parseYamlDocuments(text, { file: configNames.cm })[0] ?? null;

/** The data of a config map. */
export function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  const data = object && valueAt(asJson(object), 'data');
  return isJsonObject(data) ? (data as Record<string, string>) : {};
}

/** The data of a secret, decoded. */
export function secretData(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(dataOf(object)).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}
