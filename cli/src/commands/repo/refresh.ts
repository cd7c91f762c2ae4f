import type { Query } from '../../api/transport.ts';
import { exitCodes, Failure } from '../../program/failure.ts';

export const refresh = {
  kind: 'text',
  describe: 'hard: look at the connection now, whatever was found before',
} as const;

/** @throws Failure for anything but `hard` */
export function refreshQuery(value: string | undefined): Query {
  if (value === undefined || value === '') return {};
  if (value === 'hard') return { forceRefresh: true };
  throw new Failure('--refresh must be one of: hard', { exitCode: exitCodes.general });
}
