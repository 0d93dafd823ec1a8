import { describe, expect, test } from 'vitest';
import { mayConnect } from '../../src/artifacts/public-address.ts';

describe('which addresses', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.9.9.9',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.7',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::8.8.8.8',
    '64:ff9b::808:808',
    '64:ff9b:1::a00:1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'not an address',
  ])('%s is refused', (address) => {
    expect(mayConnect(address, false)).toBe(false);
    expect(mayConnect(address, ['8.0.0.0/8', '2600::/16'])).toBe(false);
  });

  test.each(['8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s passes',
    (address) => {
      expect(mayConnect(address, false)).toBe(true);
    },
  );

  test('an operator opens named networks, or all', () => {
    expect(mayConnect('10.1.2.3', ['10.1.0.0/16'])).toBe(true);
    expect(mayConnect('10.2.2.3', ['10.1.0.0/16'])).toBe(false);
    expect(mayConnect('fd00::1', ['10.1.0.0/16', 'fd00::/8'])).toBe(true);
    expect(mayConnect('127.0.0.1', true)).toBe(true);
  });
});
