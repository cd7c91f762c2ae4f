import { readFile } from 'node:fs/promises';
import { isJsonObject, messageOf, type JsonObject } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { defineCommand } from '../../program/definition.ts';
import { exitCodes, Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { general } from './edit-project.ts';
import { specFlags, withSpecFlags } from './spec-flags.ts';

export const command = defineCommand({
  usage: '[PROJECT]',
  args: { min: 0, max: 1 },
  description: 'Creates a project out of flags, or that of a file. Creating the same again changes nothing.',
  flags: {
    ...specFlags,
    file: {
      kind: 'text',
      short: 'f',
      placeholder: 'file',
      describe: 'File with the project; - for standard input',
    },
    upsert: { kind: 'switch', describe: 'Overwrite a project that is there and differs' },
  },
  examples: [
    {
      what: 'A project for one namespace and one repository',
      line: 'tiphys proj create team-a -d https://kubernetes.default.svc,team-a -s https://git.example.com/team-a.git',
    },
    { what: 'The project of a file', line: 'tiphys proj create -f team-a.yaml --upsert' },
  ],
  async run(invocation, { args: [name], flags, given }) {
    const project = flags.file === undefined ? undefined : await projectIn(invocation, flags.file);
    if (project === undefined && name === undefined) {
      throw new Failure('A project needs a name.', { exitCode: exitCodes.failed });
    }
    const spec = isJsonObject(project?.['spec']) ? project['spec'] : {};
    const wanted = {
      metadata: { name: name ?? '' },
      ...project,
      spec: withSpecFlags(spec, { flags, given }),
    };
    await (await invocation.connect()).projects.create(wanted as unknown as JsonObject, flags.upsert);
    return 0;
  },
});

async function projectIn({ prompter }: Invocation, file: string): Promise<JsonObject> {
  const text = file === '-' ? await prompter.readAll() : await read(file);
  const [project] = parseYamlDocuments(text, { file });
  if (isJsonObject(project) && project['kind'] === 'AppProject') return project;
  throw general(`${file} does not hold an AppProject.`);
}

const read = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw general(`The file ${file} cannot be read: ${messageOf(error)}`);
  });
