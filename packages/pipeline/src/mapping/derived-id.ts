import { hash } from 'node:crypto';
import { valueKey } from './value-key.ts';

// The namespace of our name-based ids: a random UUID, fixed for ever.
const namespace = Buffer.from('5d715aa774c34b858516438b6d30cb50', 'hex');

/**
 * The id hint of an XSOAR indicator that is not the first of its OpenCTI indicator: a UUID of version
 * 5 over OpenCTI id, type and value. The same for the same value for ever; XSOAR may ignore it.
 */
export function derivedId(openctiId: string, type: string, value: string): string {
  const name = Buffer.from(`${openctiId}\n${valueKey(type, value)}`, 'utf8');
  const bytes = hash('sha1', Buffer.concat([namespace, name]), 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
