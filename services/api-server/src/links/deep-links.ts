import { TiphysError, isJsonObject, messageOf, stringAt } from '@tiphys/model';
import type { JsonObject, JsonValue } from '@tiphys/model';
import type { GoRuntime, Logger } from '@tiphys/ports';

/** One entry of `project.links` and its kin: title and address are Go templates, `if` is an expression. */
interface LinkTemplate {
  readonly title: string;
  readonly url: string;
  readonly description: string | undefined;
  readonly iconClass: string | undefined;
  readonly condition: string | undefined;
}

export interface DeepLinksParts {
  readonly go: GoRuntime;
  readonly logger: Logger;
  readonly readYaml: (text: string) => unknown;
}

/** Links that operators put beside objects. One that cannot be made is left out and logged, others stay. */
export class DeepLinks {
  readonly #parts: DeepLinksParts;

  constructor(parts: DeepLinksParts) {
    this.#parts = parts;
  }

  /** The links of a setting for an object; `data` holds the object under its name. */
  async of(setting: string, data: JsonObject): Promise<JsonObject> {
    const templates = await this.#wanted(this.#read(setting), data);
    const texts = templates.flatMap(({ title, url, description = '' }) => [title, url, description]);
    const rendered = await this.#parts.go.renderAll(texts, data);
    const items = templates.flatMap((template, index) => {
      const [title, url, description] = rendered.slice(index * 3, index * 3 + 3);
      if (!title?.ok || !url?.ok || !description?.ok) return this.#leaveOut(template, 'its templates fail');
      if (!isSafe(url.value)) return this.#leaveOut(template, 'its address is neither http nor https');
      return [linkOf(template, { title: title.value, url: url.value, description: description.value })];
    });
    return items.length === 0 ? {} : { items };
  }

  #read(setting: string): readonly LinkTemplate[] {
    try {
      const value = setting.trim() === '' ? [] : this.#parts.readYaml(setting);
      return Array.isArray(value) ? value.filter(isJsonObject).map(templateOf) : [];
    } catch (error) {
      throw new TiphysError('unknown', `the links of argocd-cm cannot be read: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async #wanted(templates: readonly LinkTemplate[], data: JsonObject): Promise<readonly LinkTemplate[]> {
    const asked = templates.filter(({ condition }) => condition !== undefined);
    const answers = await this.#parts.go.evaluateAll(
      asked.map(({ condition = '' }) => condition),
      data,
    );
    return templates.filter((template) => {
      const answer = answers[asked.indexOf(template)];
      return template.condition === undefined || (answer?.ok === true && answer.value.value === true);
    });
  }

  #leaveOut({ title }: LinkTemplate, reason: string): readonly [] {
    this.#parts.logger.warn('a link of argocd-cm is left out', { title, reason });
    return [];
  }
}

const templateOf = (entry: JsonObject): LinkTemplate => ({
  title: stringAt(entry, 'title') ?? '',
  url: stringAt(entry, 'url') ?? '',
  description: stringAt(entry, 'description'),
  iconClass: stringAt(entry, 'icon.class'),
  condition: stringAt(entry, 'if'),
});

const linkOf = (
  { iconClass }: LinkTemplate,
  { title, url, description }: Readonly<Record<'title' | 'url' | 'description', string>>,
): JsonObject => ({
  title,
  url,
  ...(description === '' ? {} : { description }),
  ...(iconClass === undefined ? {} : { iconClass }),
});

/** Browsers run what other schemes hold. */
function isSafe(url: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  return protocol === 'http:' || protocol === 'https:';
}

/** The object of a link as templates see it. */
export const dataFor = (name: string, object: JsonValue): JsonObject => ({ [name]: object });
