/**
 * Which addresses a URL input may lead to. A worker stands inside a network, and a caller who names
 * a URL must not reach through it what only the worker can reach: only globally routed unicast
 * addresses pass. An operator may open more, all of it or named networks.
 */
import ipaddr from 'ipaddr.js';

/** `true` opens every address; networks in CIDR notation open those (`10.1.0.0/16`, `fd00::/8`). */
export type AllowPrivate = boolean | readonly string[];

/** Cloud metadata and agent services that live at public-looking addresses. */
const SERVICE_ADDRESSES = ['168.63.129.16'];
const GLOBAL_UNICAST_V6 = '2000::/3';

export function mayConnect(address: string, allow: AllowPrivate): boolean {
  if (allow === true) return true;
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (allow !== false && allow.some((network) => isIn(parsed, network))) return true;
  if (SERVICE_ADDRESSES.includes(parsed.toString()) || parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || isIn(parsed, GLOBAL_UNICAST_V6);
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, network: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === address.kind() && address.match(base, bits);
}
