import { resolveTarget } from '../config/target.ts';
import type { Invocation } from '../program/invocation.ts';
import { apiOf, type Api } from './api.ts';

/** The API of the server that flags, environment and configuration name. Nothing is sent yet. */
export const connect = async ({ globals, env }: Pick<Invocation, 'globals' | 'env'>): Promise<Api> =>
  apiOf(await resolveTarget(globals, env));
