import type { Clock, Logger } from '@tiphys/ports';
import type { ApplicationWiring } from '../applications/wiring.ts';
import type { Access } from '../auth/access.ts';
import type { Authenticator } from '../auth/authenticate.ts';
import type { Renewal } from '../session/renewal.ts';
import type { ServerSettings } from '../settings/server-settings.ts';
import { TerminalRights } from './rights.ts';
import { Terminal } from './terminal.ts';

export interface TerminalWiring {
  readonly applications: Pick<ApplicationWiring, 'finder' | 'resources'>;
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly renewal: Renewal;
  readonly settings: ServerSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secure: boolean;
}

/** Puts terminals together. */
export function buildTerminal({
  applications,
  authenticator,
  access,
  settings,
  ...rest
}: TerminalWiring): Terminal {
  const { finder, resources } = applications;
  return new Terminal({
    ...rest,
    rights: new TerminalRights({ authenticator, access, settings, finder, resources }),
  });
}
