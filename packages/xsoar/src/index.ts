export { CASE_INSENSITIVE_TYPES, isCaseless } from './caseless.ts';
export { createXsoarClient } from './create-client.ts';
export { type Endpoint, resolveEndpoint } from './endpoint.ts';
export { adviceForStatus } from './failure/advice.ts';
export { isExisting, isNotFound, isVersionConflict } from './failure/meaning.ts';
export type { DesiredIndicator, IocFields, IocObject } from './indicator.ts';
export type {
  IndicatorWriter,
  KnownIndicator,
  RemovalTarget,
  UpsertResult,
} from './indicator-writer.ts';
export {
  formatProbeReport,
  isProbeFine,
  OPEN_QUESTION,
  PROBE_QUESTIONS,
  type ProbeAnswer,
  type ProbeQuestion,
  type ProbeVerdict,
  UNPROBED_QUESTIONS,
  type UnprobedQuestion,
  type WriteProbeReport,
} from './probe/report.ts';
export type { ProbeClient } from './probe/session.ts';
export { probeWrites, type WriteProbeOptions } from './probe/write-probe.ts';
export { anyOf, fieldClause, idClause, stixIdClause, valueClause } from './query.ts';
export { checkTenant, type TenantCheck, type TenantNeeds, tenantWarnings } from './tenant-check.ts';
export {
  createFields,
  createRequest,
  type DeleteTarget,
  deleteRequest,
  editRequest,
  idOf,
  type WriteRequest,
} from './write-request.ts';
export {
  createIndicatorWriter,
  type IndicatorWriterOptions,
  type WriterClient,
} from './writer/create-writer.ts';
export { Lookups, stixIdsOf } from './writer/lookups.ts';
export { isSameValue, pickMatch, type Target } from './writer/match.ts';
export { changedFields, mergeIndicator } from './writer/merge.ts';
export type { Patience } from './writer/patience.ts';
export type {
  RequestInfo,
  SearchFilter,
  XsoarApi,
  XsoarClient,
  XsoarField,
  XsoarKeyType,
  XsoarOptions,
  XsoarType,
} from './xsoar-client.ts';
export {
  XsoarError,
  type XsoarErrorFields,
  type XsoarErrorKind,
  type XsoarOperation,
} from './xsoar-error.ts';
