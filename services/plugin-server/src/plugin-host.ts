import type { AnswerTerms, PluginHost, ReceivedApp } from '@tiphys/adapter-plugin';
import { messageOf, TiphysError } from '@tiphys/model';
import type { PluginAnnouncement, PluginTraits, RepoFiles } from '@tiphys/ports';
import { parseKubernetesObjects, stringifyJson } from '@tiphys/yaml';
import { RequestCommands, type CommandTerms } from './commands.ts';
import { discovers } from './discovery.ts';
import { announcements, canDiscover, type PluginCommand, type PluginConfig } from './plugin-config.ts';
import { withWorkspace, type WorkspaceParts } from './workspace.ts';

export interface CommandPluginParts {
  readonly config: PluginConfig;
  readonly terms: CommandTerms;
  readonly files: RepoFiles;
  readonly workspace: Omit<WorkspaceParts, 'keepModes' | 'files'>;
}

/** A plugin that consists of the commands in its plugin.yaml. */
export class CommandPlugin implements PluginHost {
  readonly traits: PluginTraits;
  readonly #parts: CommandPluginParts;

  constructor(parts: CommandPluginParts) {
    this.#parts = parts;
    this.traits = {
      discovers: canDiscover(parts.config),
      wantsGitCredentials: parts.config.spec.provideGitCreds,
    };
  }

  generate(app: ReceivedApp, request: AnswerTerms): Promise<readonly string[]> {
    const { init, generate } = this.#parts.config.spec;
    return this.#in(app, request, async (directory, commands) => {
      if (init.command.length > 0) await commands.run('spec.init', init, directory);
      const output = await commands.run('spec.generate', generate, directory);
      return parseKubernetesObjects(new TextDecoder().decode(output), {
        file: 'the output of spec.generate',
      }).map((object) => stringifyJson(object));
    });
  }

  matches(app: ReceivedApp, request: AnswerTerms): Promise<boolean> {
    const { config, files } = this.#parts;
    return this.#in(app, request, (directory, commands) => discovers(config, directory, { files, commands }));
  }

  announcements(app: ReceivedApp, request: AnswerTerms): Promise<readonly PluginAnnouncement[]> {
    const { parameters } = this.#parts.config.spec;
    return this.#in(app, request, async (directory, commands) => [
      // Where both name a parameter, what plugin.yaml says comes later and counts.
      ...(await dynamicAnnouncements(parameters.dynamic, directory, commands)),
      ...parameters.static,
    ]);
  }

  #in<T>(
    app: ReceivedApp,
    request: AnswerTerms,
    task: (directory: string, commands: RequestCommands) => Promise<T>,
  ): Promise<T> {
    const { config, terms, files, workspace } = this.#parts;
    const commands = new RequestCommands(terms, request, app.env);
    const parts = { ...workspace, files, keepModes: config.spec.preserveFileMode };
    return withWorkspace(app, parts, ({ directory }) => task(directory, commands));
  }
}

async function dynamicAnnouncements(
  command: PluginCommand,
  directory: string,
  commands: RequestCommands,
): Promise<readonly PluginAnnouncement[]> {
  if (command.command.length === 0) return [];
  const output = await commands.run('spec.parameters.dynamic', command, directory);
  try {
    return announcements.parse(JSON.parse(new TextDecoder().decode(output)));
  } catch (error) {
    throw new TiphysError(
      'failed-precondition',
      `spec.parameters.dynamic must print a JSON array of parameters: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
