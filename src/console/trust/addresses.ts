/** Which addresses are this machine's own, and which ones a proxy may speak from. */
import { BlockList, isIP } from 'node:net';

/** `127.0.0.1`, `::1`, `localhost`: nobody else can reach it. */
export function isLoopback(host: string): boolean {
  const bare = bareAddress(host);
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Every interface of the machine. */
export function isWildcard(host: string): boolean {
  const bare = bareAddress(host);
  return bare === '0.0.0.0' || bare === '::';
}

/** Without brackets, and an IPv4 address in IPv6 clothes as what it is. */
export function bareAddress(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .toLowerCase();
}

export type AddressTest = (address: string) => boolean;

/**
 * @param given `10.0.0.5` or `10.0.0.0/24`, IPv4 and IPv6
 * Throws a TypeError that names the one that is none.
 */
export function oneOf(given: readonly string[]): AddressTest {
  const list = new BlockList();
  for (const each of given) {
    const [address = '', bits] = each.split('/');
    const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = kind === 'ipv6' ? 128 : 32;
    const prefix = bits === undefined ? most : Number(bits);
    if (isIP(address) === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > most || bits === '') {
      throw new TypeError(`${each} is no address: give one such as 10.0.0.5, or a range such as 10.0.0.0/24`);
    }
    list.addSubnet(address, prefix, kind);
  }
  return (address) => {
    const bare = bareAddress(address);
    const kind = isIP(bare);
    return kind !== 0 && list.check(bare, kind === 6 ? 'ipv6' : 'ipv4');
  };
}

export const LOOPBACK_ADDRESSES: readonly string[] = ['127.0.0.0/8', '::1'];
