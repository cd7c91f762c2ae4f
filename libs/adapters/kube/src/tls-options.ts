import type { ConnectionOptions } from 'node:tls';
import { TiphysError } from '@tiphys/model';
import type { TlsSettings } from './connection.ts';

/** The settings as Node takes them; `invalid` for some that contradict each other, as kubectl refuses them. */
export function tlsOptions(
  tls: TlsSettings,
): Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'> {
  if (tls.insecure === true && tls.ca !== undefined) {
    throw new TiphysError(
      'invalid',
      'TLS settings hold an authority and ask to accept any certificate; keep one',
    );
  }
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new TiphysError('invalid', 'TLS settings need both a client certificate and its key, or neither');
  }
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
    ...(tls.serverName === undefined || tls.serverName === '' ? {} : { servername: tls.serverName }),
    rejectUnauthorized: tls.insecure !== true,
  };
}
