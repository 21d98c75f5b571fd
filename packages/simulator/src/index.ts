export {
  type CompareOptions,
  type Comparison,
  compare,
  type Extra,
  type Missing,
  type Stale,
} from './compare.ts';
export type { DumpedObject } from './dump.ts';
export { type Expectation, expectationOf, verdictOf } from './generate/expectations.ts';
export { generateFeed } from './generate/feed.ts';
export type { GeneratorOptions } from './generate/options.ts';
export { createRandom, type Random } from './generate/random.ts';
export type { Fault, FaultRule, FaultState } from './http/faults.ts';
export { type BadLine, readNdjson } from './http/lines.ts';
export { machineMs } from './machine-clock.ts';
export type { ConnectionStats } from './opencti/connection.ts';
export type { ConnectorRecord } from './opencti/connectors.ts';
export type {
  FakeOpencti,
  FakeOpenctiOptions,
  OpenctiStats,
  WrittenEvent,
} from './opencti/fake.ts';
export type { StreamFilter } from './opencti/filter.ts';
export type { ExpectedValue, Expects, Operation } from './opencti/operation.ts';
export type { Playing, PlayOptions } from './opencti/play.ts';
export type { Capability, SettingsChange } from './opencti/settings.ts';
export { startFakeOpencti } from './opencti/start.ts';
export type { CheckedField } from './owners.ts';
export { type FileReport, openStixFile, type StixFile } from './read/file.ts';
export type { StixObject } from './stix/object.ts';
export { type ApiKey, advancedKeyHash } from './xsoar/auth.ts';
export type { Behaviour } from './xsoar/behaviour.ts';
export type { AnalystEdit, AnsweredRequest, FakeXsoar, FakeXsoarOptions } from './xsoar/fake.ts';
export type { Ioc } from './xsoar/ioc.ts';
export type { JournalEntry } from './xsoar/journal.ts';
export type { Delay, Latency } from './xsoar/latency.ts';
export type { Product, UrlShape, XsoarOperation } from './xsoar/paths.ts';
export { startFakeXsoar } from './xsoar/start.ts';
export type { Overlap, XsoarStats } from './xsoar/stats.ts';
