import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { TiphysError, messageOf } from '@tiphys/model';

/** Which addresses messages may be sent to. */
export interface AddressPolicy {
  /** The addresses of a host, all of them allowed; rejects with `permission-denied` or `unavailable`. */
  resolve(host: string): Promise<readonly [ResolvedAddress, ...ResolvedAddress[]]>;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Link-local, multicast and "this host" addresses, and where clouds serve their machines' credentials. */
const refused: readonly (readonly [address: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.100.100.200', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['192.0.0.192', 32, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['255.255.255.255', 32, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['fd00:ec2::254', 128, 'ipv6'],
  ['fd20:ce::254', 128, 'ipv6'],
];

export interface AddressPolicyOptions {
  /** Lets link-local and metadata addresses through. Default false. */
  readonly allowLinkLocal?: boolean;
}

/** Refuses a host as soon as one of its addresses is refused, whatever the others are. */
export function createAddressPolicy({ allowLinkLocal = false }: AddressPolicyOptions = {}): AddressPolicy {
  const blocked = new BlockList();
  if (!allowLinkLocal)
    for (const [address, prefix, family] of refused) blocked.addSubnet(address, prefix, family);
  return {
    async resolve(host) {
      const bare = host.replace(/^\[|\]$/g, '');
      const found = await addressesOf(bare);
      const [first, ...others] = found;
      if (first === undefined) throw new TiphysError('unavailable', `the host ${bare} has no address`);
      if (found.some(({ address, family }) => blocked.check(address, family === 6 ? 'ipv6' : 'ipv4'))) {
        throw new TiphysError(
          'permission-denied',
          `the host ${bare} has a link-local or metadata address, which notifications are not sent to`,
        );
      }
      return [first, ...others];
    },
  };
}

async function addressesOf(host: string): Promise<readonly ResolvedAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: familyOf(family) }];
  try {
    const found = await lookup(host, { all: true });
    return found.map((one) => ({ address: one.address, family: familyOf(one.family) }));
  } catch (cause) {
    throw new TiphysError('unavailable', `the host ${host} cannot be found: ${messageOf(cause)}`, { cause });
  }
}

const familyOf = (family: number): 4 | 6 => (family === 6 ? 6 : 4);
