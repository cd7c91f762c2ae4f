import { isJsonObject, stringAt, type JsonObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import type { Invocation } from '../../../program/invocation.ts';
import { specFlags, withSpecFlags } from '../../proj/spec-flags.ts';
import { emit, generatedText, outputFlag } from '../generated-output.ts';
import { readText } from '../read-object.ts';
import { projectDocument } from './project-document.ts';

export const command = defineCommand({
  usage: 'PROJECT',
  args: { min: 0, max: 1 },
  description: 'Prints a project that is made of flags, to be kept in git.',
  flags: {
    ...specFlags,
    file: { kind: 'text', short: 'f', placeholder: 'file', describe: 'File with a project to start from' },
    output: outputFlag,
    inline: { kind: 'switch', short: 'i', describe: 'Write back into the file that is given with --file' },
  },
  examples: [
    {
      what: 'For one namespace and one repository',
      line: 'tiphys admin proj generate-spec team-a -d https://kubernetes.default.svc,team-a -s https://git.example.com/team-a.git',
    },
  ],
  async run(invocation, { args: [given], flags, given: named }) {
    const before = flags.file === undefined ? {} : await projectIn(invocation, flags.file);
    const name = given ?? stringAt(before, 'metadata', 'name') ?? '';
    if (name === '') throw new Failure('A project needs a name.');
    const spec = isJsonObject(before['spec']) ? before['spec'] : {};
    const project = projectDocument(name, withSpecFlags(spec, { flags, given: named }), before);
    await emit(generatedText(project, flags.output), flags, invocation.out);
    return 0;
  },
});

async function projectIn({ prompter }: Invocation, file: string): Promise<JsonObject> {
  const text = file === '-' ? await prompter.readAll() : await readText(file);
  const [project] = parseYamlDocuments(text, { file });
  if (isJsonObject(project) && project['kind'] === 'AppProject') return project;
  throw new Failure(`${file} does not hold an AppProject.`, { exitCode: exitCodes.general });
}
