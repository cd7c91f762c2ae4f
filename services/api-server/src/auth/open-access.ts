import { Access } from './access.ts';

/** Lets everybody do everything: for servers that are told to know nobody. */
export class OpenAccess extends Access {
  override readonly version = 'open';
  override readonly scopes: readonly string[] = [];

  override allows(): boolean {
    return true;
  }
}
