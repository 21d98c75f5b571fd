export type { DesiredIndicator, IocFields, IocObject } from './indicator.ts';
export type { IndicatorWriter, KnownIndicator, UpsertResult } from './indicator-writer.ts';
export type {
  RequestInfo,
  SearchFilter,
  XsoarApi,
  XsoarClient,
  XsoarKeyType,
  XsoarOptions,
} from './xsoar-client.ts';
export {
  XsoarError,
  type XsoarErrorFields,
  type XsoarErrorKind,
  type XsoarOperation,
} from './xsoar-error.ts';
