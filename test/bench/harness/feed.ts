import type { GeneratorOptions } from '@xsoar-intel/simulator';

/**
 * New indicators of one value each, of the types that make up nearly all of a feed:
 * one event is one delivery, and a rate of events is a rate of deliveries.
 */
export const FEED: GeneratorOptions = {
  updateShare: 0,
  deleteShare: 0,
  ruleShare: 0,
  multiValueShare: 0,
  multiHashShare: 0,
  types: ['IPv4-Addr', 'IPv6-Addr', 'Domain-Name', 'Url', 'Email-Addr', 'Hostname'],
};
