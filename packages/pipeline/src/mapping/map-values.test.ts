import { describe, expect, it } from 'vitest';
import { mapIndicator } from './map-indicator.ts';
import {
  indicator,
  keys,
  mapped,
  md5,
  options,
  otherMd5,
  otherSha256,
  reasons,
  sha1,
  sha256,
} from './testing/indicators.ts';

describe('which values of a pattern are sent', () => {
  it.each([
    ["[ipv4-addr:value = '1.2.3.4']", ['IP 1.2.3.4']],
    ["[ipv4-addr:value ISSUBSET '10.0.0.0/8']", ['CIDR 10.0.0.0/8']],
    ["[ipv4-addr:value IN ('1.1.1.1', '2.2.2.2')]", ['IP 1.1.1.1', 'IP 2.2.2.2']],
    [
      "[domain-name:value = 'a.example' OR ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [url:value = 'http://x/']",
      ['Domain a.example', 'IP 1.1.1.1', 'URL http://x/'],
    ],
    ["[x-opencti-hostname:value = 'host-1']", ['Host host-1']],
    ["[mutex:name = 'Global\\\\evil']", ['Mutex Global\\evil']],
    ["[vulnerability:name = 'CVE-2021-44228']", ['CVE CVE-2021-44228']],
    ["[software:name = 'EvilTool' AND software:version = '1.0']", ['Software EvilTool']],
    ['[autonomous-system:number = 64512]', ['ASN AS64512']],
    ["[network-traffic:dst_ref.value = '203.0.113.33/32']", ['IP 203.0.113.33']],
    ["[email-message:from_ref.value = 'bob@evil.example']", ['Email bob@evil.example']],
    ["[ipv4-addr:value = '1.1.1.1'] OR [ipv4-addr:value = '1.1.1.1']", ['IP 1.1.1.1']],
    ["[domain-name:value = 'A.example' OR domain-name:value = 'a.EXAMPLE']", ['Domain a.example']],
  ])('%s', (pattern, wanted) => {
    expect(keys(pattern)).toEqual(wanted);
  });

  it('sends one indicator for all hashes of a file, with the best as its value', () => {
    const [file, ...more] = mapped(
      `[file:hashes.MD5 = '${md5}' OR file:hashes.'SHA-1' = '${sha1}' OR file:hashes.'SHA-256' = '${sha256}']`,
    );
    expect(more).toEqual([]);
    expect(file).toMatchObject({
      indicator_type: 'File',
      value: sha256,
      CustomFields: { md5, sha1, sha256 },
    });
  });

  it.each([
    [`file:hashes.SHA256 = '${sha256}'`],
    [`file:hashes.sha256 = '${sha256}'`],
    [`file:hashes.'SHA-256' = '${sha256.toUpperCase()}'`],
    [`file:hashes."SHA-256" = '${sha256}'`],
    [`artifact:hashes.'SHA-256' = '${sha256}'`],
    [`process:image_ref.hashes.'SHA-256' = '${sha256}'`],
    [`file:extensions.'archive-ext'.contains_refs[*].hashes.'SHA-256' = '${sha256}'`],
  ])('reads the hash in [%s]', (comparison) => {
    expect(keys(`[${comparison}]`)).toEqual([`File ${sha256}`]);
  });

  it('takes the hash of a section of an executable for no file', () => {
    const pattern = `[file:extensions.'windows-pebinary-ext'.sections[*].hashes.MD5 = '${md5}']`;
    expect(mapIndicator(indicator(pattern), options)).toMatchObject({
      ok: false,
      reason: 'unsupported-observable',
      observableType: 'file',
    });
  });

  it('sends several files where an algorithm repeats', () => {
    expect(keys(`[file:hashes.MD5 = '${md5}' OR file:hashes.MD5 = '${otherMd5}']`)).toEqual([
      `File ${md5}`,
      `File ${otherMd5}`,
    ]);
  });

  it('keeps rounds of hashes together, and pairs nothing where the order does not say how', () => {
    const one = `file:hashes.MD5 = '${md5}' OR file:hashes.'SHA-256' = '${sha256}'`;
    const other = `file:hashes.MD5 = '${otherMd5}' OR file:hashes.'SHA-256' = '${otherSha256}'`;
    expect(keys(`[${one} OR ${other}]`)).toEqual([`File ${sha256}`, `File ${otherSha256}`]);
    const apart = mapped(
      `[file:hashes.MD5 IN ('${md5}', '${otherMd5}') OR file:hashes.'SHA-256' IN ('${sha256}', '${otherSha256}')]`,
    );
    expect(apart).toHaveLength(4);
    for (const { CustomFields: fields } of apart) {
      expect([fields.md5, fields.sha256].filter((hash) => hash !== undefined)).toHaveLength(1);
    }
  });

  it('puts the details of a file beside its hashes', () => {
    const [file] = mapped(
      `[file:name = 'evil.exe' AND file:hashes.MD5 = '${md5}' AND file:size = 4096 AND file:hashes.IMPHASH = '${otherMd5}']`,
    );
    expect(file?.CustomFields).toMatchObject({
      md5,
      associatedfilenames: ['evil.exe'],
      size: 4096,
      imphash: otherMd5,
    });
  });

  it('leaves a detail out where there are several files it may belong to', () => {
    const pattern = `[file:hashes.MD5 IN ('${md5}', '${otherMd5}') AND file:name = 'evil.exe']`;
    const result = mapIndicator(indicator(pattern), options);
    expect(reasons(result)).toEqual(['no-field file']);
  });

  it('sends a certificate by its serial number, else by its best fingerprint', () => {
    const serial = '36:f7:d4:32:f4:ab:70:ea';
    expect(
      keys(
        `[x509-certificate:hashes.'SHA-1' = '${sha1}' AND x509-certificate:serial_number = '${serial}']`,
      ),
    ).toEqual([`X509 Certificate ${serial}`]);
    expect(
      keys(
        `[x509-certificate:hashes.MD5 = '${md5}' OR x509-certificate:hashes.'SHA-256' = '${sha256}']`,
      ),
    ).toEqual([`X509 Certificate ${sha256}`]);
  });

  it('puts the values of a registry key into its grid', () => {
    const [key] = mapped(
      "[windows-registry-key:key = 'HKLM\\\\Run' AND windows-registry-key:values[0].name = 'Evil' AND windows-registry-key:values[0].data = 'evil.exe']",
    );
    expect(key).toMatchObject({
      indicator_type: 'Registry Key',
      value: 'HKLM\\Run',
      CustomFields: { keyvalue: [{ name: 'Evil', data: 'evil.exe' }] },
    });
  });

  it('sends an account by its login, with the rest as fields', () => {
    const [account] = mapped(
      "[user-account:user_id = '1001' AND user-account:account_login = 'bob' AND user-account:display_name = 'Bob']",
    );
    expect(account).toMatchObject({
      indicator_type: 'Account',
      value: 'bob',
      CustomFields: { userid: '1001', displayname: 'Bob' },
    });
    expect(keys("[user-account:acount_login = 'bob']")).toEqual(['Account bob']);
    expect(keys("[user-account:user_id = '1001']")).toEqual(['Account 1001']);
  });

  it('puts the port of traffic to one address beside it', () => {
    const [address] = mapped(
      "[network-traffic:dst_ref.value = '203.0.113.5' AND network-traffic:dst_port = 6666]",
    );
    expect(address).toMatchObject({ value: '203.0.113.5', CustomFields: { port: ['6666'] } });
    const two =
      "[network-traffic:dst_ref.value IN ('203.0.113.5', '203.0.113.6') AND network-traffic:dst_port = 1]";
    expect(reasons(mapIndicator(indicator(two), options))).toEqual(['no-field network-traffic']);
  });

  it('sends only the first value if asked to', () => {
    const pattern = "[ipv4-addr:value = '1.1.1.1' OR ipv4-addr:value = '2.2.2.2']";
    expect(keys(pattern, { multiValue: 'first' })).toEqual(['IP 1.1.1.1']);
    const result = mapIndicator(indicator(pattern), { ...options, multiValue: 'first' });
    expect(reasons(result)).toEqual(['first-value-only']);
  });

  it("sends an observable as a type of the operator's own", () => {
    const extraTypes = new Map([
      ['user-agent:value', 'User Agent'],
      ['file:name', 'File Name'],
    ]);
    expect(keys("[user-agent:value = 'Evil/1.0']", { extraTypes })).toEqual([
      'User Agent Evil/1.0',
    ]);
    expect(keys("[file:name = 'evil.exe']", { extraTypes })).toEqual(['File Name evil.exe']);
  });
});
