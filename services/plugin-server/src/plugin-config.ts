import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, TiphysError } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';

const FILE = 'plugin.yaml';

/** A null stands for what is left out, as YAML has it for a key without a value. */
const optional = <T extends z.ZodType>(schema: T, fallback: z.output<T>) =>
  schema.nullish().transform((value) => value ?? fallback);

const text = z.string();
const texts = optional(z.array(text), []);
const commandShape = { command: texts, args: texts };
const command = z.object(commandShape);
const none = { command: [], args: [] };

const name = text
  .min(1, 'must not be empty')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'must be letters, digits and . _ + -, as it names the socket');

const announcement = z.object({
  name: text,
  title: optional(text, ''),
  tooltip: optional(text, ''),
  required: optional(z.boolean(), false),
  itemType: optional(text, ''),
  collectionType: optional(z.enum(['', 'string', 'array', 'map']), ''),
  string: optional(text, ''),
  array: texts,
  map: optional(z.record(text, text), {}),
});

const find = z.object({ ...commandShape, glob: optional(text, '') });
const discover = z.object({
  fileName: optional(text, ''),
  find: optional(find, { ...none, glob: '' }),
});
const parameters = z.object({
  static: optional(z.array(announcement), []),
  dynamic: optional(command, none),
});

const plugin = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('ConfigManagementPlugin'),
  metadata: z.object({ name }),
  spec: z.object({
    version: optional(z.union([z.literal(''), name]), ''),
    init: optional(command, none),
    generate: command.refine(({ command: words }) => words.length > 0, {
      message: 'must not be empty',
      path: ['command'],
    }),
    discover: optional(discover, { fileName: '', find: { ...none, glob: '' } }),
    parameters: optional(parameters, { static: [], dynamic: none }),
    preserveFileMode: optional(z.boolean(), false),
    provideGitCreds: optional(z.boolean(), false),
    /** Requests have files of their own here, so these two have nothing left to say; older files carry them. */
    allowConcurrency: optional(z.boolean(), true),
    lockRepo: optional(z.boolean(), false),
  }),
});

/** Parameters that a dynamic command prints. */
export const announcements = z.array(announcement);

/** A parsed plugin.yaml with every default filled in. */
export type PluginConfig = z.infer<typeof plugin>;
export type PluginCommand = z.infer<typeof command>;

/** Reads the plugin.yaml of a folder. `invalid` and `not-found` name the file and the field. */
export async function readPluginConfig(folder: string): Promise<PluginConfig> {
  const file = join(folder, FILE);
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TiphysError('not-found', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  return parsePluginConfig(content, file);
}

/** Parses the text of a plugin.yaml; `file` is named in errors. */
export function parsePluginConfig(content: string, file: string = FILE): PluginConfig {
  const [document, ...more] = parseYamlDocuments(content, { file });
  if (more.length > 0) throw new TiphysError('invalid', `${file} must hold one document`);
  const parsed = plugin.safeParse(document ?? {});
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw new TiphysError('invalid', `${file} is not a plugin's configuration: ${found.join('; ')}`);
}

/** What the socket is called, and what Applications call the plugin. */
export const socketName = ({ metadata, spec }: PluginConfig): string =>
  spec.version === '' ? metadata.name : `${metadata.name}-${spec.version}`;

/** Whether the plugin can tell by the files that it is the one for them. */
export const canDiscover = ({ spec: { discover } }: PluginConfig): boolean =>
  discover.fileName !== '' || discover.find.glob !== '' || discover.find.command.length > 0;
