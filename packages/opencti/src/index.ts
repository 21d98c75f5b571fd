export { compareEventIds, type EventId, parseEventId } from './event-id.ts';
export { createOpenctiApi } from './graphql/api.ts';
export type {
  ConnectorIdentity,
  ConnectorInfo,
  ConnectorState,
  OpenctiApi,
  OpenctiApiOptions,
  OpenctiUser,
  RedisStreamInfo,
  StoredState,
  StreamCollection,
} from './graphql/api-types.ts';
export {
  DEPLOYMENT_REPORTS_MAX,
  type DeploymentReport,
  type DeploymentStatus,
  type DeploymentsApi,
  type RefusedReport,
} from './graphql/deployments.ts';
export { OpenctiError, type OpenctiErrorKind } from './graphql/opencti-error.ts';
export type {
  ConnectedMessage,
  EntityEventName,
  EntityMessage,
  HeartbeatMessage,
  IgnoredMessage,
  NoRecoverMessage,
  RejectedMessage,
  RejectReason,
  StreamFailure,
  StreamMessage,
} from './message.ts';
export { type MessageLimits, parseMessage } from './parse-message.ts';
export { parseRetryAfter } from './retry-after.ts';
export {
  entityIdOf,
  isIndicator,
  type OpenctiExtension,
  openctiExtension,
  openctiExtensionId,
  type StixObject,
} from './stix.ts';
export type { BackoffLimits } from './stream/backoff.ts';
export { openLiveStream } from './stream/live-stream.ts';
export {
  type LiveStream,
  type LiveStreamOptions,
  PositionUnknownError,
  type StreamPosition,
  type StreamState,
  type StreamStateChange,
} from './stream/options.ts';
export { type FilterRule, parseStreamFilter, type StreamFilter } from './stream-filter.ts';
