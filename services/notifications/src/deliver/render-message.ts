import { TiphysError, isTiphysError, type JsonObject } from '@tiphys/model';
import { addTemplate, templateTexts, type NotificationConfig } from '@tiphys/notify-rules';
import type { GoRuntime } from '@tiphys/ports';

export interface RenderRequest {
  readonly templates: readonly string[];
  readonly config: Pick<NotificationConfig, 'templates'>;
  readonly variables: JsonObject;
}

/** The content of a message: its templates one after the other. Rejects with a final code that names the template. */
export async function renderMessage(
  go: GoRuntime,
  { templates, config, variables }: RenderRequest,
): Promise<JsonObject> {
  let content: JsonObject = {};
  for (const name of templates) {
    const template = config.templates.get(name);
    if (template === undefined) throw new TiphysError('not-found', `template ${name} is not configured`);
    content = addTemplate(content, template, await renderTexts(go, { name, template, variables }));
  }
  return content;
}

async function renderTexts(
  go: GoRuntime,
  {
    name,
    template,
    variables,
  }: { readonly name: string; readonly template: JsonObject; readonly variables: JsonObject },
): Promise<readonly string[]> {
  const texts = templateTexts(template);
  const results = await go
    .renderAll(
      texts.map(({ text }) => text),
      variables,
      'notifications',
    )
    .catch((error: unknown) => {
      if (!isTiphysError(error) || (error.code !== 'deadline' && error.code !== 'resource-exhausted'))
        throw error;
      // The template will be as slow and as large the next time.
      throw new TiphysError('invalid', `template ${name}: ${error.message}`);
    });
  return results.map((result, index) => {
    if (result.ok) return result.value;
    throw new TiphysError(
      'invalid',
      `template ${name}, ${texts[index]?.path.join('.') ?? ''}: ${result.message}`,
    );
  });
}
