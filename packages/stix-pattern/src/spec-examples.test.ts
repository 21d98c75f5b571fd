import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { printPattern } from './print-pattern.ts';
import { withoutOffsets } from './testing/without-offsets.ts';

const sha256 = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f';

/** The kinds of example that section 9 of the STIX 2.1 specification gives. */
const examples: Readonly<Record<string, string>> = {
  'a file with a SHA-256 hash': `[file:hashes.'SHA-256' = '${sha256}']`,
  'a sender and an attachment': `[email-message:from_ref.value MATCHES '.+\\\\@example\\\\.com$' AND email-message:body_multipart[*].body_raw_ref.name MATCHES '^Final Report.+\\\\.exe$']`,
  'a hash and a MIME type': `[file:hashes.'SHA-256' = '${sha256}' AND file:mime_type = 'application/x-pdf']`,
  'one of two hashes, and another file': `[file:hashes.'SHA-256' = 'bf07a7fbb825fc0aae7bf4a1177b2b31fcf8a3feeaf7092761e18c859ee52a9c' OR file:hashes.MD5 = 'cead3f77f6cda6ec00f57d76c9a6879f'] AND [file:hashes.'SHA-256' = '${sha256}']`,
  'a file, then a registry key, within five minutes': `([file:hashes.MD5 = '79054025255fb1a26e4bc422aef54eb4'] FOLLOWEDBY [windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\foo\\\\bar']) WITHIN 300 SECONDS`,
  'three accounts at once': `[user-account:account_type = 'unix' AND user-account:user_id = '1007' AND user-account:account_login = 'Peter'] AND [user-account:account_type = 'unix' AND user-account:user_id = '1008' AND user-account:account_login = 'Paul'] AND [user-account:account_type = 'unix' AND user-account:user_id = '1009' AND user-account:account_login = 'Mary']`,
  'a capture by its magic number': `[artifact:mime_type = 'application/vnd.tcpdump.pcap' AND artifact:payload_bin MATCHES '\\\\xd4\\\\xc3\\\\xb2\\\\xa1\\\\x02\\\\x00\\\\x04\\\\x00']`,
  'a file in a directory': `[file:name = 'foo.dll' AND file:parent_directory_ref.path = 'C:\\\\Windows\\\\System32']`,
  'the entropy of any section': `[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0]`,
  'a magic number in hex': `[file:mime_type = 'image/bmp' AND file:magic_number_hex = h'ffd8']`,
  'an address by its type': `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '203.0.113.33/32']`,
  'a beacon five times within half an hour': `[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'example.com'] REPEATS 5 TIMES WITHIN 1800 SECONDS`,
  'a domain and its address': `[domain-name:value = 'www.5z8.info' AND domain-name:resolves_to_refs[*].value = '198.51.100.1/32']`,
  'one of two URLs': `[url:value = 'http://example.com/foo' OR url:value = 'http://example.com/bar']`,
  'a certificate by issuer and serial number': `[x509-certificate:issuer = 'CN=WEBMAIL' AND x509-certificate:serial_number = '4c:0b:1d:19:74:86:a7:66:b4:1a:bf:40:27:21:76:28']`,
  'one of two registry keys': `[windows-registry-key:key = 'HKEY_CURRENT_USER\\\\Software\\\\CryptoLocker\\\\Files' OR windows-registry-key:key = 'HKEY_CURRENT_USER\\\\Software\\\\Microsoft\\\\CurrentVersion\\\\Run\\\\CryptoLocker_0388']`,
  'parentheses between comparisons': `[(file:name = 'pdf.exe' OR file:size = 371712) AND file:created = t'2014-01-13T07:03:17Z']`,
  'a mail by sender and subject': `[email-message:sender_ref.value = 'jdoe@example.com' AND email-message:subject = 'Conference Info']`,
  'a custom object': `[x-usb-device:usbdrive.serial_number = '575833314133343231313937']`,
  'two commands, and no space before a quote': `[process:command_line MATCHES '^.+>-add GlobalSign.cer -c -s -r localMachine Root$'] FOLLOWEDBY [process:command_line MATCHES'^.+>-add GlobalSign.cer -c -s -r localMachineTrustedPublisher$'] WITHIN 300 SECONDS`,
  'an address within an IPv6 network': `[network-traffic:dst_ref.value ISSUBSET '2001:0db8:dead:beef:0000:0000:0000:0000/64']`,
  'a network around an address': `[ipv4-addr:value ISSUPERSET '198.51.100.7/32']`,
  'two observations together, or a third': `([file:name = 'foo.dll'] AND [windows-registry-key:key = 'HKEY_LOCAL_MACHINE\\\\foo\\\\bar']) OR [process:name = 'fooproc' OR process:name = 'procfoo']`,
  'an order of observations with precedence': `[ipv4-addr:value = '198.51.100.5'] AND [ipv4-addr:value = '198.51.100.10'] FOLLOWEDBY [domain-name:value = 'example.com'] OR [domain-name:value = 'example.org']`,
  'a time span with fractions of a second': `[file:name = 'foo'] START t'2016-06-01T00:00:00.000Z' STOP t'2016-07-01T00:00:00.000Z'`,
  'qualifiers on a group and on its members': `([ipv4-addr:value = '198.51.100.1'] REPEATS 3 TIMES FOLLOWEDBY [domain-name:value = 'example.com']) WITHIN 600 SECONDS`,
  'a set of names': `[process:name IN ('proccy', 'proximus', 'badproc')]`,
  'a set of numbers': `[file:size IN (1024, 2048, 4096)]`,
  'a negated set': `[file:name NOT IN ('test.txt', 'test2.exe', 'README')]`,
  'a wildcard': `[directory:path LIKE 'C:\\\\Windows\\\\%\\\\foo']`,
  'a negated expression': `[process:command_line NOT MATCHES '^.+>-add']`,
  'the existence of a property': '[EXISTS windows-registry-key:values]',
  'a list element': `[windows-registry-key:values[0].name = 'foo']`,
  'any list element': `[file:extensions.'windows-pebinary-ext'.sections[*].name = '.text']`,
  'a dictionary key': `[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' LIKE 'Mozilla%']`,
  'a boolean': '[x509-certificate:is_self_signed = true]',
  'a binary constant': `[artifact:payload_bin = b'dGhpcyBpcyBhIHRlc3Q=']`,
  'the comparison operators': `[file:size = 1 OR file:size != 2 OR file:size > 3 OR file:size < 4 OR file:size <= 5 OR file:size >= 6]`,
};

describe('examples in the manner of the specification', () => {
  it.each(Object.entries(examples))('reads %s', (_name, text) => {
    const tree = parsePattern(text);
    expect(withoutOffsets(parsePattern(printPattern(tree)))).toEqual(withoutOffsets(tree));
  });
});
