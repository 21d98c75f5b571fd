import { describe, expect, it } from 'vitest';
import { readAddress, readDomain, readHost } from './read-domain.ts';
import { readEmail } from './read-email.ts';
import { readIpv4, readIpv6 } from './read-ip.ts';
import { readAsn, readCve, readWallet } from './read-others.ts';
import { readUrl } from './read-url.ts';
import { plainValue, type Reader } from './reading.ts';

/** `Type value`, or `! reason`. */
function shown(read: Reader, text: string): string {
  const reading = read(text);
  return 'bad' in reading ? `! ${reading.bad}` : `${reading.type} ${reading.value}`;
}

describe('IP addresses', () => {
  it.each([
    ['1.2.3.4', 'IP 1.2.3.4'],
    ['1[.]2[.]3[.]4', 'IP 1.2.3.4'],
    ['1(.)2.3.4', 'IP 1.2.3.4'],
    ['198.51.100.0/24', 'CIDR 198.51.100.0/24'],
    ['198.51.100.7/32', 'IP 198.51.100.7'],
    ['0.0.0.0/0', 'CIDR 0.0.0.0/0'],
    ['2001:DB8::1', 'IPv6 2001:db8::1'],
    ['1.2.3.4-1.2.3.9', '! not an IPv4 address or network'],
    ['evil.example', '! not an IPv4 address or network'],
    ['1.2.3.4/33', '! not an IPv4 address or network'],
  ])('ipv4-addr %s is %s', (text, wanted) => {
    expect(shown(readIpv4, text)).toBe(wanted);
  });

  it.each([
    ['2001:DB8::1', 'IPv6 2001:db8::1'],
    ['2001:db8::/32', 'IPv6CIDR 2001:db8::/32'],
    ['2001:db8::1/128', 'IPv6 2001:db8::1'],
    ['1.2.3.4', 'IP 1.2.3.4'],
    ['fe80::1%eth0', '! not an IPv6 address or network'],
  ])('ipv6-addr %s is %s', (text, wanted) => {
    expect(shown(readIpv6, text)).toBe(wanted);
  });

  it('keeps a port as a field', () => {
    expect(readIpv4('1.2.3.4:8080')).toEqual({
      type: 'IP',
      value: '1.2.3.4',
      fields: { port: ['8080'] },
    });
  });

  it('says when the family is not the one of the pattern', () => {
    expect(readIpv4('2001:db8::1')).toMatchObject({ retyped: true });
    expect(readIpv4('1.2.3.4')).not.toHaveProperty('retyped');
  });
});

describe('domain names and hosts', () => {
  it.each([
    ['Evil.Example.COM', 'Domain evil.example.com'],
    ['evil.example.com.', 'Domain evil.example.com'],
    ['evil[.]example[dot]com', 'Domain evil.example.com'],
    ['_dmarc.evil.example', 'Domain _dmarc.evil.example'],
    ['*.evil.example', 'DomainGlob *.evil.example'],
    ['expyuzz4wqqyqhjn.onion', 'Onion Address expyuzz4wqqyqhjn.onion'],
    ['www.expyuzz4wqqyqhjn.onion', 'Domain www.expyuzz4wqqyqhjn.onion'],
    ['bücher-évil.example', 'Domain bücher-évil.example'],
    ['пример.рф', 'Domain xn--e1afmkfd.xn--p1ai'],
    ['1.2.3.4', 'IP 1.2.3.4'],
    ['10.0.0.0/8', 'CIDR 10.0.0.0/8'],
    ['http://evil.example/x', 'URL http://evil.example/x'],
    ['evil.example:8080', 'Domain evil.example'],
    ['evil example', '! not a domain name'],
    ['evil..example', '! a label is empty'],
    ['bob@evil.example', '! not a domain name'],
    [`${'a'.repeat(250)}.com`, '! longer than 253 characters'],
  ])('domain-name %s is %s', (text, wanted) => {
    expect(shown(readDomain, text)).toBe(wanted);
  });

  it('takes any name as a host, in lower case', () => {
    expect(shown(readHost, "Bob's Laptop")).toBe("Host bob's laptop");
  });

  it('reads what a reference leads to by its form', () => {
    expect(shown(readAddress, '203.0.113.33/32')).toBe('IP 203.0.113.33');
    expect(shown(readAddress, 'evil.example')).toBe('Domain evil.example');
  });
});

describe('URLs', () => {
  it.each([
    ['https://evil.example/Path?Q=1#F', 'https://evil.example/Path?Q=1#F'],
    ['HTTPS://Evil.Example/Path', 'https://evil.example/Path'],
    ['hxxp://evil[.]example/a[.]php', 'http://evil.example/a.php'],
    ['hXXps[:]//evil.example/', 'https://evil.example/'],
    ['hxxp[://]evil.example/', 'http://evil.example/'],
    ['h**p://evil.example/', 'http://evil.example/'],
    ['http://evil.example/[x]', 'http://evil.example/[x]'],
    ['http://evil.example/a[.]b', 'http://evil.example/a[.]b'],
    ['http://[2001:DB8::1]:80/', 'http://[2001:db8::1]:80/'],
    ['http://User:Pass@Evil.example/', 'http://User:Pass@evil.example/'],
    ['http://evil.example/?a = b', 'http://evil.example/?a = b'],
    ['ftp://evil.example', 'ftp://evil.example'],
    ['www[.]evil[.]example/x', 'www.evil.example/x'],
    ['evil.example/x', 'evil.example/x'],
    ['http://bücher.example/ü', 'http://bücher.example/ü'],
    ['://', '://'],
  ])('%s is %s', (text, wanted) => {
    expect(shown(readUrl, text)).toBe(`URL ${wanted}`);
  });
});

describe('other values', () => {
  it.each([
    ['Bob@Evil.Example', 'Email Bob@evil.example'],
    ['bob[at]evil[.]example', 'Email bob@evil.example'],
    ['Bob <bob@evil.example>', '! not an e-mail address'],
    ['evil.example', '! not an e-mail address'],
    ['bob@', '! not an e-mail address'],
  ])('email-addr %s is %s', (text, wanted) => {
    expect(shown(readEmail, text)).toBe(wanted);
  });

  it.each([
    ['64512', 'ASN AS64512'],
    ['AS64512', 'ASN AS64512'],
    ['asn 1', '! not an AS number'],
    ['4294967295', 'ASN AS4294967295'],
    ['4294967296', '! not an AS number'],
    ['EVIL-NET', '! not an AS number'],
    ['1.5', '! not an AS number'],
  ])('autonomous-system %s is %s', (text, wanted) => {
    expect(shown(readAsn, text)).toBe(wanted);
  });

  it.each([
    ['cve-2021-44228', 'CVE CVE-2021-44228'],
    ['CVE-2021-1', '! not a CVE number'],
    ['Log4Shell', '! not a CVE number'],
  ])('vulnerability %s is %s', (text, wanted) => {
    expect(shown(readCve, text)).toBe(wanted);
  });

  it.each([
    ['1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'bitcoin'],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'bitcoin'],
    ['0x00000000219ab540356cBB839Cbe05303d7705Fa', 'ethereum'],
    ['rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh', undefined],
  ])('wallet %s is of coin %s', (text, coin) => {
    const reading = readWallet(text);
    expect(reading).toMatchObject({ type: 'Cryptocurrency Address', value: text });
    expect('bad' in reading ? null : reading.fields?.cryptocurrencyaddresstype).toBe(coin);
  });

  it.each([
    [' x ', 'x'],
    [64512, '64512'],
    ['', { bad: 'empty' }],
    [true, { bad: 'not a text' }],
    ['a\u0000b', { bad: 'contains a control character' }],
    ['a\ud800b', { bad: 'contains half a surrogate pair' }],
    ['😀', '😀'],
    ['x'.repeat(8_193), { bad: 'longer than 8192 characters' }],
  ])('plainValue(%j) is %j', (value, wanted) => {
    expect(plainValue(value)).toEqual(wanted);
  });
});
