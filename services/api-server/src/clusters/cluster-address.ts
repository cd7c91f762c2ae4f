import { TiphysError, messageOf } from '@tiphys/model';
import { assertUsable } from '../repositories/repo-address.ts';

/** Refuses addresses that no API server has: other schemes, a login in it, those of machines' metadata. */
export function assertUsableServer(server: string): void {
  const refuse = (why: string): never => {
    throw new TiphysError('invalid', `the address of the cluster is not usable: ${why}`);
  };
  if (!/^https?:\/\//iu.test(server)) refuse('it must begin with https:// or http://');
  if (URL.canParse(server) && new URL(server).username !== '')
    refuse('it holds a login; give it by the config');
  try {
    assertUsable(server);
  } catch (error) {
    refuse(messageOf(error).replace(/^[^:]*: /u, ''));
  }
}
