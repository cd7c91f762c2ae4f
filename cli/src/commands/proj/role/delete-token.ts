import { defineCommand } from '../../../program/definition.ts';
import { general } from '../edit-project.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME ISSUED-AT',
  args: { min: 3, max: 3 },
  description: 'Deletes the tokens of a role that were issued at a time: they are refused from then on.',
  flags: {},
  examples: [{ what: 'By its time of issue', line: 'tiphys proj role delete-token team-a ci 1767323045' }],
  confirm: ([project, role]) => `Delete a token of the role ${role ?? ''} of the project ${project ?? ''}`,
  async run({ connect }, { args: [project = '', role = '', issuedAt = ''] }) {
    const seconds = /^\d+$/.test(issuedAt) ? Number(issuedAt) : Date.parse(issuedAt) / 1_000;
    if (Number.isNaN(seconds)) throw general(`${issuedAt} is no time in seconds since 1970.`);
    await (await connect()).projects.deleteToken({ project, role }, seconds);
    return 0;
  },
});
