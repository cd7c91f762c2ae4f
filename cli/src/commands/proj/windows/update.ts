import { defineCommand } from '../../../program/definition.ts';
import { Failure } from '../../../program/failure.ts';
import { editProject, editWindow, split } from '../edit-project.ts';
import { windowFlags } from './flags.ts';

export const command = defineCommand({
  usage: 'PROJECT ID',
  args: { min: 2, max: 2 },
  description: 'Changes parts of a window; lists are replaced as a whole.',
  flags: windowFlags,
  examples: [{ what: 'A longer window', line: 'tiphys proj windows update team-a 0 --duration 2h' }],
  async run(invocation, { args: [project = '', id = ''], flags, given }) {
    if (given.size === 0) throw new Failure('Please set at least one option to update');
    const texts = { duration: flags.duration, schedule: flags.schedule, description: flags.description };
    const lists = {
      applications: flags.applications,
      clusters: flags.clusters,
      namespaces: flags.namespaces,
    };
    const changed = {
      ...Object.fromEntries(Object.entries(texts).filter(([name]) => given.has(name))),
      ...Object.fromEntries(
        Object.entries(lists)
          .filter(([name]) => given.has(name))
          .map(([name, values]) => [name, split(values)]),
      ),
      ...(given.has('time-zone') ? { timeZone: flags['time-zone'] } : {}),
    };
    await editProject(
      invocation,
      project,
      editWindow(id, (window) => ({ ...window, ...changed })),
    );
    return 0;
  },
});
