/**
 * The stored form of a contribution: its JSON, shortened (shorten.ts), then as raw
 * DEFLATE (RFC 1951) with a preset dictionary of what nearly every one holds, and of
 * the value's key and the entity's id, which are stored beside it anyway: some 70 to
 * 170 bytes in the place of 600 to 950.
 *
 * The first byte tells the dictionary, which must never change, since Redis outlives
 * us: 2 what is written now, 1 what was written before times and the entity's id were
 * one byte where they repeat. First byte `{`: plain JSON.
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { lengthen, shorten, shortenAnywhere } from './shorten.ts';

const FORM = 2;
const FORMER = 1;
/** Bytes; a packed or unpacked contribution mostly fits. */
const CHUNK = 1_024;
/** Bytes; up to here codes made for a text take more place than they spare, and a third of the time. */
const SHORT = 1_024;
const PLAIN = '{'.charCodeAt(0);

/** Frequent texts, in the order in which a contribution has them; the most frequent come last. */
const DICTIONARY_1 = [
  'Command & ControlActions on ObjectivesExfiltrationPersistenceExecutionInitial AccessReconnaissanceDelivery',
  '"Registry Key""Mutex""Account""Email""Host""CIDR""IPv6""URL""Domain""File""IP"',
  '"keyvalue":[{"name":"","type":"","data":""}],"port":["443"],"associatedfilenames":["',
  '"md5":"","sha1":"","sha512":"","ssdeep":"","imphash":"","size":0123456789,"filetype":"application/x-dosexec"',
  'malwarephishingransomwarebotnetmalicious-activitysuspiciousbenignAPTC2c2',
  'https://www.","source":"mitre-attack","link":"https://attack.mitre.org/techniques/T10',
  '"comment":"","CustomFields":{"tags":["","malicious-activity"],"trafficlightprotocol":null,"reportedby":[],"stixid":"indicator--',
  '"trafficlightprotocol":"REDAMBER+STRICTGREENCLEARWHITE","AMBER","reportedby":["',
  '"],"description":"","confidence":"85","sourceoriginalseverity":"75","firstseenbysource":"',
  '"],"trafficlightprotocol":"GREEN","reportedby":["The "],"stixid":"indicator--',
  '","description":"Indicator of ","confidence":"100","sourceoriginalseverity":"80","firstseenbysource":"',
  '","lastseenbysource":"","killchainphases":["',
  '"],"publications":[{"title":"Indicator in OpenCTI","source":"OpenCTI","link":"https://opencti',
  '/dashboard/id/","timestamp":"","sha256":"","md5":"',
  '"}]},"id":"","timestamp":"","firstSeen":""}',
  '{"value":"","indicator_type":"File","score":2,"source":"OpenCTI","manualScore":true,"expiration":"',
  '","manualExpirationTime":"',
  '"score":3,"source":"OpenCTI","manualScore":true,"expiration":null,"manualExpirationTime":null,"CustomFields":{"tags":["',
].join('');

/** What follows one another with times and ids as shorten.ts has them: 1 a UUID, 2 and 1 a time, 4 and 5 repeats. */
const DICTIONARY_2 = [
  '","sha1":"\x03\x14","sha256":"\x03\x20","sha512":"\x03\x40","md5":"\x03\x10","firstseenbysource":"\x02\x01',
  '"],"trafficlightprotocol":"RED","reportedby":["AMBER","reportedby":["CLEAR","reportedby":["',
  '"],"trafficlightprotocol":null,"reportedby":[],"stixid":"indicator--\x01',
  '"],"stixid":"indicator--\x01","description":"","sourceoriginalseverity":"","confidence":"","firstseenbysource":"\x02\x01',
  '","firstSeen":"\x02\x01","lastseenbysource":"\x02\x01","publications":[{"title":"Indicator in OpenCTI","source":"OpenCTI","link":"https://',
  '/dashboard/id/\x05","timestamp":"\x04"},{"title":"","source":"","link":"https://',
  '"}]},"id":"\x05","timestamp":"\x04"}',
  '{"value":"","indicator_type":"URL","score":1,"source":"OpenCTI","manualScore":true,"expiration":"\x02\x01',
  '"indicator_type":"Domain","score":2,"source":"OpenCTI","manualScore":true,"expiration":null,"manualExpirationTime":null,"CustomFields":{"tags":["',
  '"indicator_type":"IP","score":3,"source":"OpenCTI","manualScore":true,"expiration":"\x02\x01',
  '","manualExpirationTime":"\x04","CustomFields":{"tags":["","',
  '","lastseenbysource":"\x04","killchainphases":["',
  '"],"publications":[{"title":"Indicator in OpenCTI","source":"OpenCTI","link":"https://opencti',
  '","lastseenbysource":"\x04","publications":[{"title":"Indicator in OpenCTI","source":"OpenCTI","link":"https://opencti.',
  '/dashboard/id/\x05","timestamp":"\x04"}]},"id":"\x05","timestamp":"\x04","firstSeen":"\x04"}',
].join('');

const DICTIONARIES: Readonly<Record<number, Buffer>> = {
  [FORMER]: shortenAnywhere(DICTIONARY_1),
  [FORM]: Buffer.concat([shortenAnywhere(DICTIONARY_1), Buffer.from(DICTIONARY_2)]),
};

// No dictionary ends in a hex digit, so what is joined to it shortens by itself.
function dictionary(form: number, entityId: string, valueKey: string): Buffer | null {
  const frequent = DICTIONARIES[form];
  if (frequent === undefined) return null;
  return Buffer.concat([frequent, shortenAnywhere(`${entityId}"${valueKey}`)]);
}

/** Packs a contribution (JSON) of an entity to a value. */
export function packContribution(json: string, entityId: string, valueKey: string): Buffer {
  const short = shorten(json, entityId);
  const deflated = deflateRawSync(short, {
    level: 9,
    strategy: short.length < SHORT ? constants.Z_FIXED : constants.Z_DEFAULT_STRATEGY,
    // A window of 4 KB holds the dictionary and most contributions, and is cheap to set up.
    windowBits: 12,
    memLevel: 6,
    // Node allocates an output of this size for each call; its default of 16 KB costs more
    // in garbage than all the rest.
    chunkSize: CHUNK,
    dictionary: dictionary(FORM, entityId, valueKey) ?? Buffer.of(),
  });
  return Buffer.concat([Buffer.of(FORM), deflated]);
}

/** The JSON that was packed. @throws Error for what no version of ours has written */
export function unpackContribution(packed: Buffer, entityId: string, valueKey: string): string {
  if (packed[0] === PLAIN) return packed.toString();
  const form = packed[0] ?? 0;
  const known = dictionary(form, entityId, valueKey);
  if (known === null) {
    throw new Error(`a stored contribution has the form ${form}, which this version cannot read`);
  }
  const options = { dictionary: known, chunkSize: CHUNK };
  return lengthen(inflateRawSync(packed.subarray(1), options), entityId);
}
